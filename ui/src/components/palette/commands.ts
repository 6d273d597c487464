// What the palette can do, and which of it a few letters mean.

export interface Command {
  id: string;
  name: string;
  /** Of what kind it is, or more about it; searched as well. */
  note: string;
  run: () => void;
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The commands that have every word that was typed, those first whose name begins with it. */
export function matching<C extends Pick<Command, 'name' | 'note'>>(commands: readonly C[], typed: string): C[] {
  const words = fold(typed).split(/\s+/).filter((word) => word !== '');
  const rank = ({ name, note }: C): number => {
    const [inName, inAll] = [fold(name), fold(`${name} ${note}`)];
    if (!words.every((word) => inAll.includes(word))) return -1;
    return words.filter((word) => inName.startsWith(word)).length * 2 + words.filter((word) => inName.includes(word)).length;
  };
  return commands
    .map((command, place) => ({ command, place, rank: rank(command) }))
    .filter((found) => found.rank >= 0)
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
    .map((found) => found.command);
}
