const block = /^```(\w*)\n(.*?)^```$/gms;

/** What stands in a page's blocks of code of one language, in their order. */
export function codeBlocks(page: string, language: string): readonly string[] {
  return [...page.matchAll(block)].filter(([, tag]) => tag === language).map(([, , code = '']) => code);
}

/** The page without its blocks of code, in which patterns look like links and comments like headings. */
export function withoutCode(page: string): string {
  return page.replaceAll(block, '');
}

/** The anchors that GitHub gives to a page's headings; one that stands twice gets a number. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(page).matchAll(/^#+ (.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
