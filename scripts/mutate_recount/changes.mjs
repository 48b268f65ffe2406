// Small changes of JavaScript sources, the same kinds as python_changes.py makes:
// node scripts/mutate_recount/changes.mjs FILE... prints one JSON object a line: { path, name, is_check, start, end, text }.
import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { ancestor } from "acorn-walk";

const COMPARISONS = { __proto__: null, "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==", "!==": "===" };
const SIGNS = { __proto__: null, "+": "-", "-": "+", "<<": ">>", ">>": "<<" };
const LISTS = { __proto__: null, every: "some", some: "every" };
const LEAVING = ["ThrowStatement", "ReturnStatement", "ContinueStatement", "BreakStatement"];

const isText = (node) => node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string");
const bodyOf = (node) => (node.type === "BlockStatement" ? node.body : [node]);
const refuses = (node) => bodyOf(node.consequent).some(({ type }) => LEAVING.includes(type));

const SAYING = ["note", "log", "error", "say"]; // calls that only tell people something
const HOLDS_CONDITION = 3; // log.holds(name, place, what, condition, ...): the other arguments are for people

/** Whether a node, given with all that it is in, is only told to people: words, what an error says, what a finding says beside its name. */
function isTold(ancestors) {
  return ancestors.some((one, i) => {
    const inner = ancestors[i + 1];
    if (["TemplateLiteral", "ImportDeclaration", "ThrowStatement"].includes(one.type)) return true;
    if (one.type !== "CallExpression") return one.type === "ExpressionStatement" && SAYING.includes(called(one.expression));
    return (
      SAYING.includes(called(one)) ||
      (called(one) === "holds" && inner && inner !== one.callee && one.arguments.indexOf(inner) !== HOLDS_CONDITION)
    );
  });
}

const called = ({ callee }) => callee?.property?.name ?? callee?.name;

/** Checks taken out: [what, node to replace, text]. */
function checks(node) {
  if (node.type === "ExpressionStatement" && ["CallExpression", "AwaitExpression"].includes(node.expression.type))
    return [["without", node, ";"]];
  if (node.type === "IfStatement" && !node.alternate && refuses(node)) return [["never", node.test, "false"]];
  return [];
}

/** Comparisons, words and numbers turned. */
function turns(node, source) {
  const text = ({ start, end }) => source.slice(start, end);
  const { operator } = node;
  const sign = (word) => {
    const start = source.indexOf(operator, node.left.end);
    return [`${operator} to ${word}`, { start, end: start + operator.length }, word];
  };
  if (node.type === "BinaryExpression" && COMPARISONS[operator]) return [sign(COMPARISONS[operator])];
  if (node.type === "BinaryExpression" && SIGNS[operator] && !isText(node.left) && !isText(node.right)) return [sign(SIGNS[operator])];
  if (node.type === "LogicalExpression" && operator !== "??") {
    const other = operator === "&&" ? "||" : "&&";
    return [
      [`to ${other}`, node, `((${text(node.left)}) ${other} (${text(node.right)}))`],
      ["without part 0", node, `(${text(node.right)})`],
      ["without part 1", node, `(${text(node.left)})`],
    ];
  }
  if (node.type === "UnaryExpression" && operator === "!") return [["without not", node, `Boolean(${text(node.argument)})`]];
  if (node.type === "Literal" && typeof node.value === "number") return [["plus 1", node, String(node.value + 1)]];
  if (node.type === "Literal" && typeof node.value === "bigint") return [["plus 1", node, `${node.value + 1n}n`]];
  if (node.type === "MemberExpression" && !node.computed && LISTS[node.property.name])
    return [[`to ${LISTS[node.property.name]}`, node.property, LISTS[node.property.name]]];
  return [];
}

/** The function or class that a node is in. */
function owner(ancestors) {
  const named = ancestors.map((one) => one.id?.name ?? (["MethodDefinition", "Property"].includes(one.type) ? one.key.name : undefined));
  return named.filter(Boolean).join(".");
}

for (const path of process.argv.slice(2)) {
  const source = readFileSync(path, "utf8");
  const found = [];
  ancestor(
    parse(source, { ecmaVersion: "latest", sourceType: "module" }),
    Object.fromEntries(
      ["ExpressionStatement", "IfStatement", "BinaryExpression", "LogicalExpression", "UnaryExpression", "Literal", "MemberExpression"].map(
        (type) => [
          type,
          (node, _, ancestors) => {
            if (isTold(ancestors)) return;
            const short = source.slice(node.start, node.end).replace(/\s+/g, " ").slice(0, 100);
            for (const [list, isCheck] of [
              [checks(node), true],
              [turns(node, source), false],
            ]) {
              for (const [what, { start, end }, text] of list)
                found.push({ path, name: `${path}: ${owner(ancestors)}: ${what}: ${short}`, is_check: isCheck, start, end, text });
            }
          },
        ],
      ),
    ),
  );
  const seen = new Map();
  for (const one of found.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const times = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, times);
    console.log(JSON.stringify({ ...one, name: times > 1 ? `${one.name} (${times})` : one.name }));
  }
}
