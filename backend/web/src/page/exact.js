// JSON whose whole numbers stay exact however large they are: amounts reach 2^63, and a plain number is exact only to 2^53.

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Parse JSON; a whole number beyond 2^53 comes as its decimal text, which BigInt reads. Throws a SyntaxError. */
export function parseExact(text) {
  const kept = (token) => (/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token);
  return JSON.parse(text.replace(TOKENS, kept));
}
