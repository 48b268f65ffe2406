// Lines of a stream of bytes, each with an end: a last line without one was cut off, where that matters.
import { Wrong } from "../findings.mjs";

const LF = 10;
/** So many lines of a file that are none are enough: more say nothing new, and a small archive unpacks to a billion of them. */
export const ENOUGH = 100;

/** Lines of a buffer that end, without their ends, one by one: of lines that are none there may be many millions. */
export function* wholeLines(content) {
  let start = 0;
  for (let end = content.indexOf(LF); end >= 0; end = content.indexOf(LF, start)) {
    yield content.subarray(start, end);
    start = end + 1;
  }
}

/**
 * Groups of lines, without their ends, as the bytes come in. Throws Wrong of that finding for a line of `most` bytes or more, and for a
 * last line that does not end, unless that is allowed.
 */
export async function* lineGroups(chunks, { finding, place, most, mayEndOpen = false }) {
  let waiting = [];
  let length = 0;
  for await (const chunk of chunks) {
    const found = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      found.push(waiting.length ? Buffer.concat([...waiting, chunk.subarray(start, end)]) : chunk.subarray(start, end));
      [waiting, length, start] = [[], 0, end + 1];
    }
    if (start < chunk.length) waiting.push(chunk.subarray(start));
    length += chunk.length - start;
    const longest = found.find((line) => line.length >= most);
    if (longest || length >= most)
      throw new Wrong(finding, place, "has a line that is too long", `less than ${most} bytes`, longest?.subarray(0, 40) ?? "");
    if (found.length) yield found;
  }
  if (length && mayEndOpen) yield [Buffer.concat(waiting)];
  else if (length)
    throw new Wrong(finding, place, "is cut off: its last line does not end", "LF at the end", Buffer.concat(waiting).subarray(-40));
}
