/** The walk on a phone: forty letters wide, one key an answer, the live lamp in the last line. */
import type { WitnessColour } from '../base/evidence.ts';
import { Fault } from '../base/fault.ts';
import { commissionTexts as texts } from '../base/texts/commission.ts';
import type { CommissionView } from '../commissioner.ts';
import type { LampsView } from '../commissionverbs.ts';
import { groupPart, groupTitle } from '../commissionwalk.ts';
import type { WalkGroup } from '../commissionwalk.ts';
import { lampOf } from '../lamplog.ts';
import type { LampRow } from '../status.ts';
import { outcomeText, phoneWidth } from './commission.ts';
import type { Box } from './commission.ts';
import type { Io } from './command.ts';
import { cutTo, wrap } from './layout.ts';

/** One key, one lamp. */
export const lampKeys: Readonly<Record<string, WitnessColour>> = {
  r: 'red', y: 'yellow', g: 'green', d: 'dark', o: 'red-yellow',
  R: 'flashing-red', Y: 'flashing-yellow', G: 'flashing-green',
};
const END_KEYS = ['q', '\u0003', '\u0004'];
const LINE = '\r\u001b[K';

/** Keys of the terminal, one by one; lines for what is typed. */
class Keys {
  readonly #io: Io;
  readonly #waiting: string[] = [];
  #wanted: ((key: string) => void) | null = null;

  constructor(io: Io) {
    this.#io = io;
    if (io.stdin.isTTY) io.stdin.setRawMode(true);
    io.stdin.setEncoding('utf8');
    io.stdin.on('data', this.#heard);
    io.stdin.on('end', this.#ended);
  }

  readonly #heard = (text: string | Buffer): void => {
    for (const key of text.toString()) this.#give(key);
  };

  /** The connection is lost: the same as asking for the end. */
  readonly #ended = (): void => this.#give(END_KEYS[0] as string);

  #give(key: string): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted) wanted(key);
    else this.#waiting.push(key);
  }

  next(): Promise<string> {
    const key = this.#waiting.shift();
    if (key !== undefined) return Promise.resolve(key);
    return new Promise((done) => (this.#wanted = done));
  }

  /** A typed line; null where the person wants to end. */
  async line(): Promise<string | null> {
    let text = '';
    for (;;) {
      const key = await this.next();
      if (END_KEYS.slice(1).includes(key) || (text === '' && key === END_KEYS[0])) return null;
      if (key === '\r' || key === '\n') {
        this.#io.write('\r\n');
        return text;
      }
      if (key === '\u007f' || key === '\b') text = text.slice(0, -1);
      else if (key >= ' ') text += key;
      this.#io.write(`${LINE}> ${text}`);
    }
  }

  close(): void {
    this.#io.stdin.off('data', this.#heard);
    this.#io.stdin.off('end', this.#ended);
    if (this.#io.stdin.isTTY) this.#io.stdin.setRawMode(false);
    this.#io.stdin.pause();
  }
}

/** What the box sees of a group now, in one line. */
export function lampLine(io: Io, row: LampRow | undefined): string {
  const lamp = !row || row.availability !== 'usable' ? 'unknown'
    : lampOf({ colour: row.colour as 'red', flashing: row.flashing });
  const said = io.say(texts[`seen_${lamp}`]);
  return row && row.remainingS !== null && lamp !== 'unknown'
    ? io.say(texts.box_sees_rest, { lamp: said, rest: row.remainingS.toFixed(0) })
    : io.say(texts.box_sees, { lamp: said });
}

/** Everything that the walk shows and asks. */
class Screen {
  readonly #io: Io;
  readonly #box: Box;
  readonly #keys: Keys;
  #lamps: readonly LampRow[] = [];
  #live: string | null = null;

  constructor(io: Io, box: Box) {
    this.#io = io;
    this.#box = box;
    this.#keys = new Keys(io);
  }

  /** New lamps of the daemon: the last line changes, nothing else. */
  readonly heard = (answer: unknown): void => {
    this.#lamps = (answer as LampsView).lamps;
    if (this.#live !== null) this.#showLive();
  };

  close(): void {
    this.#keys.close();
    this.#io.write(LINE);
  }

  #showLive(): void {
    const row = this.#lamps.find(({ signalGroup }) => signalGroup === this.#live);
    this.#io.write(`${LINE}${cutTo(lampLine(this.#io, row), phoneWidth(this.#io))}`);
  }

  #tell(text: string): void {
    this.#io.write(LINE);
    for (const line of wrap(text, phoneWidth(this.#io))) this.#io.write(`${line}\r\n`);
    if (this.#live !== null) this.#showLive();
  }

  head({ walk }: CommissionView): void {
    const { site, groups, arms } = walk;
    this.#tell(this.#io.say(texts.head, { site, groups: groups.length, arms: arms.length }));
    this.#tell(this.#io.say(texts.about));
    this.#tell(this.#io.say(texts.keys));
  }

  /** Asks one group until it is confirmed or passed over; false where the person ends. */
  async group(group: WalkGroup, at: number, count: number): Promise<boolean> {
    this.#tell('');
    this.#tell(this.#io.say(texts.group_head, { at, count, id: group.id }));
    this.#tell(this.#io.say(groupTitle(group)));
    this.#tell(this.#io.say(texts.ask_lamp));
    this.#live = group.id;
    this.#showLive();
    try {
      return await this.#looks(group);
    } finally {
      this.#live = null;
    }
  }

  async #looks(group: WalkGroup): Promise<boolean> {
    let isDone = false;
    const under: Promise<void>[] = [];
    const ended = new Promise<string>((done) => {
      this.#confirmed = () => done('');
    });
    while (!isDone) {
      const key = await Promise.race([this.#keys.next(), ended]);
      if (END_KEYS.includes(key)) return false;
      if (key === '' || key === 's') isDone = true;
      const lamp = lampKeys[key];
      if (!lamp) continue;
      this.#tell(this.#io.say(texts.pressed, { lamp: this.#io.say(texts[`seen_${lamp}`]) }));
      under.push(this.#look(group, lamp));
    }
    await Promise.all(under);
    return true;
  }

  #confirmed: () => void = () => undefined;

  async #look(group: WalkGroup, lamp: WitnessColour): Promise<void> {
    const told = await this.#orFault(async () => {
      const answer = await this.#box.answer({ kind: 'lamp', group: group.id, lamp });
      if (answer.outcome === 'confirmed') this.#confirmed();
      return outcomeText(this.#io, answer, lamp);
    });
    if (told !== null) this.#tell(told);
  }

  /** A daemon that refuses or is away costs one answer, never the walk. */
  async #orFault(ask: () => Promise<string | null>): Promise<string | null> {
    try {
      return await ask();
    } catch (thrown) {
      if (thrown instanceof Fault) return thrown.in(this.#io.language);
      throw thrown;
    }
  }

  /** Asks for a typed answer; false where the person ends. */
  async typed(
    question: string, rows: readonly string[],
    answer: (text: string) => Promise<string | null>,
  ): Promise<boolean> {
    this.#tell('');
    for (const row of rows) this.#tell(row);
    this.#tell(question);
    for (;;) {
      this.#io.write(`${LINE}> `);
      const text = await this.#keys.line();
      if (text === null) return false;
      if (text === 's') return true;
      const given = text.trim();
      const wrong = given === '' ? '' : await this.#orFault(() => answer(given));
      if (wrong === null) {
        this.#tell(this.#io.say(texts.said_right));
        return true;
      }
      if (wrong !== '') this.#tell(wrong);
      else this.#tell(question);
    }
  }
}

/** Lamps of one group, then its number at the cabinet where others show the same. */
async function askGroup(
  io: Io, box: Box, screen: Screen, group: WalkGroup, view: CommissionView, at: number,
): Promise<boolean> {
  const { part, walk } = view;
  const before = part ? groupPart(part, group.id) : null;
  if (!before?.confirmed && !(await screen.group(group, at, walk.groups.length))) return false;
  if (group.twins.length === 0 || before?.cabinet === group.lampGroup) return true;
  return screen.typed(io.say(texts.ask_cabinet), [`${group.id}`], async (number) => {
    const { outcome } = await box.answer({ kind: 'cabinet', group: group.id, number });
    return outcome === 'right' ? null : io.say(texts.said_cabinet_wrong, { got: number });
  });
}

/** The questions after the lamps: what is left out, and the matrix. */
async function askPapers(io: Io, box: Box, screen: Screen, view: CommissionView): Promise<void> {
  const { walk, part } = view;
  const agree = (kind: string) => async (text: string): Promise<string | null> => {
    if (text.toLowerCase() !== 'agree') return '';
    await box.answer({ kind });
    return null;
  };
  if (part && !part.ignored) {
    const rows = walk.ignored.map((row) => io.say(texts.ignored_row, row));
    if (!(await screen.typed(io.say(texts.ask_ignored), rows, agree('ignored')))) return;
  }
  if (part && part.matrix !== null) return;
  const rows = walk.groups.flatMap(({ id }) => {
    const others = walk.conflicts.filter(([a]) => a === id).map(([, b]) => b).join(' ');
    return others === '' ? [] : [io.say(texts.conflicts_of, { id, others })];
  });
  await screen.typed(io.say(texts.ask_matrix), rows, agree('matrix'));
}

async function walkGroups(
  io: Io, box: Box, screen: Screen, view: CommissionView, only: string | null,
): Promise<boolean> {
  const { walk, part } = view;
  const chosen = walk.groups.filter(({ id }) => only === null || id === only);
  let arm: string | null = null;
  for (const group of chosen) {
    if (group.arm !== arm) {
      arm = group.arm;
      const row = walk.arms.find(({ id }) => id === arm);
      if (row && part?.arms[row.id] !== row.groups.length) {
        const isGoing = await screen.typed(io.say(texts.ask_arm), [io.say(row.name)], async (text) => {
          const { outcome } = await box.answer({ kind: 'arm', arm: row.id, count: Number(text) });
          const values = { counted: text, expected: row.groups.length };
          return outcome === 'right' ? null : io.say(texts.said_arm_wrong, values);
        });
        if (!isGoing) return false;
      }
    }
    const isGoing = await askGroup(io, box, screen, group, view, walk.groups.indexOf(group) + 1);
    if (!isGoing) return false;
  }
  return true;
}

/** Walks until everything is asked or the person ends; what was answered is kept by the daemon. */
export async function walkAround(
  io: Io, box: Box, socket: string, only: string | null,
): Promise<void> {
  const { askDaemon } = await import('../control.ts');
  const ending = new AbortController();
  const screen = new Screen(io, box);
  const stream = askDaemon(socket, { verb: 'lamps', args: {} }, screen.heard, ending.signal)
    .catch(() => null); // a daemon that goes is told of by the next answer
  try {
    const view = await box.view();
    screen.head(view);
    const isWhole = await walkGroups(io, box, screen, view, only);
    if (isWhole && only === null) await askPapers(io, box, screen, await box.view());
  } finally {
    ending.abort();
    await stream;
    screen.close();
  }
}
