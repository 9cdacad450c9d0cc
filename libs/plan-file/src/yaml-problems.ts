import { limits, type Problem } from '@causeway/contracts';
import { isMap, isScalar, Lexer, Parser, visit, type Document, type Node, type YAMLError } from 'yaml';

/** A problem and where it is, in characters from the start of the text. */
export type Found = Problem & { readonly offset: number };

/** Tokens that the parser keeps open besides one for each level: the document, and what is being read. */
const OPEN_ANYWAY = 3;

/**
 * Whether the text is nested too deeply. Found by reading its tokens one by one, without recursion: composing a document
 * recurses, and a stack that is full there can end the whole process.
 */
export function depthProblem(text: string): Found | null {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > limits.jsonDepth + OPEN_ANYWAY)
      return {
        code: 'too-deep',
        pointer: '',
        message: `nested deeper than ${limits.jsonDepth} levels`,
        offset: parser.offset - lexeme.length,
      };
  }
  return null;
}

const SYNTAX: Readonly<Record<string, readonly [code: string, message: string, hint: string]>> = {
  TAB_AS_INDENT: ['tab', 'a tab cannot indent YAML', 'Use spaces.'],
  MULTIPLE_DOCS: ['several-documents', 'the file holds several documents', 'One file, one document.'],
  NON_STRING_KEY: ['bad-key', 'a key must be text', 'Write a plain name.'],
  TAG_RESOLVE_FAILED: ['tag', 'tags have no meaning here', 'Remove what starts with "!".'],
};

/** What the parser has against the text, in our words where the mistake is a usual one. */
export function syntaxProblem({ code, message }: YAMLError): Problem {
  const known = SYNTAX[code];
  if (known) return { code: known[0], pointer: '', message: known[1], hint: known[2] };
  const text = message.split('\n', 1)[0] ?? message;
  return { code: 'syntax', pointer: '', message: text.charAt(0).toLowerCase() + text.slice(1) };
}

const PLAIN_TAG = /^tag:yaml\.org,2002:(str|int|float|bool|null|seq|map)$/;

/** Keys written twice, and tags that would make something else of a value than what it looks like. */
export function nodeProblems(parsed: Document.Parsed): Found[] {
  const found: Found[] = [];
  visit(parsed, {
    Node(_key, node) {
      const { tag } = node as { tag?: string };
      if (tag !== undefined && !PLAIN_TAG.test(tag))
        found.push({ ...syntaxProblem(TAG), offset: offsetOf(node as Node) });
      if (isMap(node)) found.push(...duplicateKeys(node.items.map(({ key }) => key)));
    },
  });
  return found.sort((a, b) => a.offset - b.offset);
}

const TAG = { code: 'TAG_RESOLVE_FAILED', message: '' } as YAMLError;
const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

function duplicateKeys(keys: readonly unknown[]): Found[] {
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    const name = isScalar(key) ? String(key.value) : '';
    if (!seen.has(name)) return seen.add(name) && [];
    const offset = isScalar(key) ? offsetOf(key) : 0;
    return {
      code: 'duplicate-key',
      pointer: '',
      message: `"${name}" is there already`,
      hint: 'Keep one of them.',
      offset,
    };
  });
}
