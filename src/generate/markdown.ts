/** Text for a cell of a table in Markdown. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
