// Numbers as people type them in their language.

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What stands between digits in this language: "1.234,5" is no number in English, nor "1,234.5" in German. */
function marksOf(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5);
  const of = (type: string, otherwise: string): string => parts.find((part) => part.type === type)?.value ?? otherwise;
  return { group: of('group', ','), decimal: of('decimal', '.') };
}

/** The number as a program writes it: "1234.5"; null when it is none in this language. */
export function plainOf(text: string, locale: string): string | null {
  const { group, decimal } = marksOf(locale);
  const typed = text.trim().replace(/[\s'’]/g, '');
  const fraction = `(${escaped(decimal)}\\d+)?`;
  const isNumber = new RegExp(`^\\d+${fraction}$|^[1-9]\\d{0,2}(${escaped(group)}\\d{3})+${fraction}$`).test(typed);
  return isNumber ? typed.replaceAll(group, '').replace(decimal, '.') : null;
}

/** As a program writes it, as this language does. */
export const textOf = (plain: string, locale: string): string => plain.replace('.', marksOf(locale).decimal);
