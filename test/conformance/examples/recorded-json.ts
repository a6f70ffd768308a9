/**
 * Reads a recorded answer. Some of the recordings are no JSON: a comma too many or too few, a brace missing, members left out with an ellipsis.
 * Throws where even repairing those does not help.
 */
export function recordedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(repaired(text));
  }
}

function repaired(text: string): string {
  const whole = text.trim().startsWith('"') ? `{${text}` : text;
  const withCommas = whole
    .replaceAll(/^.*(?<!")\.\.\.(?!").*$/gm, '')
    .replaceAll(/,(\s*[\]}])/g, '$1')
    // A list that holds bare members holds one object.
    .replaceAll(/\[(\s*"[^"]+"\s*:)/g, '[{$1')
    .replaceAll(/(["\]}\d]|true|false|null)(\s*\n\s*)(["{[])/g, '$1,$2$3')
    .replaceAll(/,(\s*)$/g, '$1');
  return closed(withCommas);
}

/** Adds the brackets that are missing, before a closing one of another kind and at the end. */
function closed(text: string): string {
  const open: string[] = [];
  const closing = (bracket: string): string => {
    const depth = open.lastIndexOf(bracket);
    return depth < 0 ? '' : open.splice(depth).reverse().join('');
  };
  const inner = text.replaceAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g, (token) => {
    if (token.startsWith('"')) return token;
    if (token === '}' || token === ']') return closing(token);
    open.push(token === '{' ? '}' : ']');
    return token;
  });
  return (inner + open.reverse().join('')).replaceAll(/,(\s*[\]}])/g, '$1');
}
