// A question as a query of SQLite's full-text search. A person's words are never its operators: each word
// is quoted, whatever is in it.

/** Words that stand in every question and in every page, and tell nothing. */
const empty = new Set(
  `a about am an and any are as at be but by can could did do does for from get got happen happens has have how i if in is it its
   let make me my of on one or please rayos should so that the them there this to up want was what when where
   which who why will with would you your`.split(/\s+/),
);

const maxWords = 20;

/** The query; undefined for a question without a word to look for. */
export function queryOf(question: string): string | undefined {
  const words =
    question
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !empty.has(word));
  const chosen = [...new Set(telling.length > 0 ? telling : words)].slice(0, maxWords);
  if (chosen.length === 0) return undefined;
  return chosen.map((word) => `"${word}"*`).join(' OR ');
}
