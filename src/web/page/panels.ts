import type { Check, GateLevel, Status, Text } from './document.ts';
import { Rows, make, setAttribute, setText } from './dom.ts';
import type { Cell } from './dom.ts';
import type { Speaker } from './language.ts';
import { age, bytes, count, milliseconds, rate } from './numbers.ts';

const REFUSALS_SHOWN = 5;
const EVENTS_SHOWN = 20;

/** Colour of a gate level. */
export const gateDot = (level: GateLevel): string =>
  level === 'valid' ? 'ok' : level === 'colour-only' ? 'degraded' : 'failed';

const number = (text: string): Cell => ({ text, isNumber: true });
const heading = (text: string, isNumber = false): Cell => ({ text, isNumber });

/** A part of the side that can be folded. */
abstract class Panel {
  readonly element: HTMLDetailsElement;
  readonly #title = make('span', 'title');
  readonly #brief = make('span', 'brief');
  protected readonly body = make('div', 'body');
  protected readonly speaker: Speaker;
  readonly #key: string;

  constructor(key: string, speaker: Speaker, isOpen: boolean) {
    this.#key = key;
    this.speaker = speaker;
    const summary = make('summary', '', this.#title, this.#brief);
    this.element = make('details', `panel panel-${key}`, summary, this.body);
    this.element.open = isOpen;
  }

  /** Shows a document; what is folded only shows its brief. */
  update(status: Status): void {
    setText(this.#title, this.speaker.say(`panel_${this.#key}`));
    setText(this.#brief, this.brief(status));
    if (this.element.open) this.fill(status);
  }

  protected abstract brief(status: Status): string;
  protected abstract fill(status: Status): void;
}

class CapabilityPanel extends Panel {
  readonly #list = make('ul', 'capabilities');

  constructor(speaker: Speaker) {
    super('capabilities', speaker, true);
    this.body.append(this.#list);
  }

  protected brief(status: Status): string {
    const ok = status.capabilities.filter(({ level }) => level === 'ok').length;
    return `${ok} / ${status.capabilities.length}`;
  }

  protected fill(status: Status): void {
    while (this.#list.children.length > status.capabilities.length) {
      this.#list.lastElementChild?.remove();
    }
    status.capabilities.forEach(({ capability, level, because }, index) => {
      const item =
        this.#list.children[index] ??
        this.#list.appendChild(make('li', '', make('b'), make('span', 'level'), make('small')));
      const [name, word, why] = item.children;
      if (!name || !word || !why) return;
      setAttribute(item, 'class', level);
      setText(name, this.speaker.word('capability', capability));
      setText(word, this.speaker.word('level', level));
      setText(why, because.map((check) => this.#name(check)).join(', '));
    });
  }

  #name(check: string): string {
    const [kind = '', id] = check.split(/:(.*)/s);
    const word = this.speaker.word('check', kind);
    return id === undefined ? word : `${word} ${id}`;
  }
}

class GatePanel extends Panel {
  readonly #nodes = new Rows();
  readonly #outputs = new Rows();
  readonly #refusals = new Rows('quiet');
  readonly #refusalTitle = make('h3');

  constructor(speaker: Speaker) {
    super('gate', speaker, true);
    const { element } = this.#outputs;
    this.body.append(this.#nodes.element, element, this.#refusalTitle, this.#refusals.element);
  }

  protected brief(status: Status): string {
    const bad = status.gate.nodes.find(({ level }) => level !== 'valid') ?? status.gate.nodes[0];
    return bad ? this.speaker.word('gate', bad.level) : this.speaker.say('none');
  }

  protected fill({ gate, monoMs }: Status): void {
    const { speaker } = this;
    this.#nodes.update(
      [],
      gate.nodes.map(({ node, level, reasons, sinceMs }) => [
        {
          text: `${speaker.say('node')} ${node}`,
          level: gateDot(level),
          note: [
            ...reasons.map((reason) => explained(reason, speaker)),
            ...latched(gate.latches, node, speaker),
          ].join('\n'),
        },
        number(`${grade(gate, node)} ${speaker.word('gate', level)} · ${age(monoMs - sinceMs)}`),
      ]),
      speaker.say('gate_no_nodes'),
    );
    const outputs = gate.outputs.filter(({ type }) => type !== 'SPAT');
    this.#outputs.element.hidden = outputs.length === 0;
    this.#outputs.update(
      [],
      outputs.map(({ node, type, grade, rule, sinceMs }) => [
        {
          text: `${type} ${node}`,
          level: gradeDots[grade],
          note: rule === null ? '' : explained(rule, speaker),
        },
        number(`L${grade} ${speaker.word('grade', String(grade))} · ${age(monoMs - sinceMs)}`),
      ]),
      '',
    );
    const refusals = gate.refusals.slice(-REFUSALS_SHOWN).reverse();
    this.#refusalTitle.hidden = refusals.length === 0;
    setText(this.#refusalTitle, speaker.say('gate_refused', { count: count(gate.refused) }));
    this.#refusals.element.hidden = refusals.length === 0;
    this.#refusals.update(
      [],
      refusals.map(({ type, node, rule, reason, meaning, atMs }) => [
        {
          text: `${type} ${node} · ${rule}`,
          note: `${explained(`${rule} ${reason}`, speaker)}\n${meaning[speaker.language]}`,
        },
        number(age(monoMs - atMs)),
      ]),
      '',
    );
  }
}

/** `L0` of a node's SPAT. */
const grade = ({ outputs }: Status['gate'], node: string): string => {
  const own = outputs.find((output) => output.node === node && output.type === 'SPAT');
  return own ? `L${own.grade}` : '';
};

const gradeDots = ['ok', 'degraded', 'failed', 'failed', 'failed'] as const;

const latched = (latches: readonly string[], node: string, speaker: Speaker): readonly string[] =>
  latches.some((latch) => latch.startsWith(`${node} `)) ? [speaker.say('gate_latched')] : [];

/** A fault in the person's language, else as it was said. */
const told = (
  { told: both, fault }: { readonly fault: string | null; readonly told?: Text | null },
  { language }: Speaker,
): string => both?.[language] ?? fault ?? '';

/** A reason of the gate, `R4 settling: expected …`, with what the broken rule asks for. */
export function explained(reason: string, speaker: Speaker): string {
  const [rule = ''] = reason.split(' ');
  const meaning = speaker.meaning(rule);
  return meaning === null ? reason : speaker.say('gate_rule', { rule: meaning, reason });
}

class MessagePanel extends Panel {
  readonly #rows = new Rows();

  constructor(speaker: Speaker) {
    super('messages', speaker, true);
    this.body.append(this.#rows.element);
  }

  protected brief(status: Status): string {
    const perS = status.messages.reduce((sum, message) => sum + message.perS, 0);
    return this.speaker.say('per_second', { rate: rate(perS) });
  }

  protected fill({ messages }: Status): void {
    const { speaker } = this;
    this.#rows.update(
      [
        heading(speaker.say('type')),
        heading(speaker.say('rate'), true),
        heading(speaker.say('age_typical'), true),
        heading(speaker.say('age_p99'), true),
        heading(speaker.say('sent'), true),
      ],
      messages.map(({ type, perS, ageMs, computeMs, sent }) => [
        {
          text: type,
          note: computeMs ? speaker.say('computing', { p99: milliseconds(computeMs.p99) }) : '',
        },
        number(rate(perS)),
        number(ageMs ? milliseconds(ageMs.p50) : '–'),
        number(ageMs ? milliseconds(ageMs.p99) : '–'),
        number(count(sent)),
      ]),
      speaker.say('messages_none'),
    );
  }
}

/** Order in which health is listed; what is not named comes last. */
const checkOrder = ['sensor', 'controller', 'rsu', 'cloud', 'store', 'child', 'clock'];
const orderOf = ({ name }: Check): number => {
  const at = checkOrder.indexOf(name.split(':')[0] ?? '');
  return at < 0 ? checkOrder.length : at;
};

class HealthPanel extends Panel {
  readonly #rows = new Rows();

  constructor(speaker: Speaker) {
    super('health', speaker, true);
    this.body.append(this.#rows.element);
  }

  protected brief({ checks }: Status): string {
    const ok = checks.filter(({ level }) => level === 'ok').length;
    return `${ok} / ${checks.length}`;
  }

  protected fill({ checks, monoMs }: Status): void {
    const { speaker } = this;
    const sorted = [...checks].sort((a, b) => orderOf(a) - orderOf(b));
    this.#rows.update(
      [],
      sorted.map((check) => {
        const [kind = '', id] = check.name.split(/:(.*)/s);
        const reason = check.level === 'ok' ? '' : speaker.word('reason', check.reason);
        const since = check.level !== 'ok' && check.sinceMs > 0 ? age(monoMs - check.sinceMs) : '';
        return [
          { text: id ?? speaker.word('check', kind), level: check.level, note: reason },
          { text: id === undefined ? '' : speaker.word('check', kind) },
          number([speaker.word('level', check.level), since].filter(Boolean).join(' · ')),
        ];
      }),
      speaker.say('none'),
    );
  }
}

class EventPanel extends Panel {
  readonly #rows = new Rows();

  constructor(speaker: Speaker) {
    super('events', speaker, true);
    this.body.append(this.#rows.element);
  }

  protected brief({ events }: Status): string {
    return String(events.filter(({ ended }) => ended === null).length);
  }

  protected fill({ events, monoMs }: Status): void {
    const { speaker } = this;
    const sorted = [...events].sort((a, b) => b.began.monoMs - a.began.monoMs);
    const newest = sorted.slice(0, EVENTS_SHOWN);
    this.#rows.update(
      [],
      newest.map((event) => [
        {
          text: speaker.word('event', event.kind),
          level: event.ended === null ? 'failed' : 'unknown',
          note: [event.laneId ?? '', event.description ? speaker.pick(event.description) : '']
            .filter(Boolean)
            .join(' · '),
        },
        number(
          event.ended === null
            ? speaker.say('event_for', { age: age(monoMs - event.began.monoMs) })
            : speaker.say('event_over', { age: age(monoMs - event.ended.monoMs) }),
        ),
      ]),
      speaker.say('events_none'),
    );
  }
}

class PortPanel extends Panel {
  readonly #rows = new Rows();

  constructor(speaker: Speaker, isOpen: boolean) {
    super('ports', speaker, isOpen);
    this.body.append(this.#rows.element);
  }

  protected brief({ loops }: Status): string {
    const ports = loops.flatMap((loop) => loop.ports);
    return `${ports.filter(({ state }) => state === 'open').length} / ${ports.length}`;
  }

  protected fill({ loops, monoMs }: Status): void {
    const { speaker } = this;
    const ports = loops.flatMap((loop) => loop.ports);
    this.#rows.update(
      [
        heading(speaker.say('port')),
        heading(speaker.say('received'), true),
        heading(speaker.say('sent'), true),
        heading(speaker.say('last'), true),
      ],
      ports.map((port) => [
        {
          text: port.name,
          level: port.state === 'open' ? 'ok' : port.state === 'opening' ? 'unknown' : 'failed',
          note:
            port.state === 'open'
              ? ''
              : [speaker.word('port', port.state), told(port, speaker)].filter(Boolean).join(': '),
        },
        number(count(port.received)),
        number(count(port.sent)),
        number(port.lastMs === null ? '–' : age(monoMs - port.lastMs)),
      ]),
      speaker.say('none'),
    );
  }
}

class DropPanel extends Panel {
  readonly #rows = new Rows();

  constructor(speaker: Speaker, isOpen: boolean) {
    super('drops', speaker, isOpen);
    this.body.append(this.#rows.element);
  }

  protected brief({ drops }: Status): string {
    return count(Object.values(drops).reduce((sum, value) => sum + value, 0));
  }

  protected fill({ drops }: Status): void {
    const { speaker } = this;
    const most = Object.entries(drops)
      .filter(([, value]) => value > 0)
      .sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1));
    this.#rows.update(
      [],
      most.map(([name, value]) => {
        const meaning = speaker.meaning(name);
        const cell = meaning === null ? { text: name } : { text: meaning, note: name };
        return [cell, number(count(value))];
      }),
      speaker.say('drops_none'),
    );
  }
}

class BoxPanel extends Panel {
  readonly #rows = new Rows();

  constructor(speaker: Speaker, isOpen: boolean) {
    super('box', speaker, isOpen);
    this.body.append(this.#rows.element);
  }

  protected brief({ software }: Status): string {
    return software;
  }

  protected fill(status: Status): void {
    const { speaker } = this;
    const row = (key: string, text: string, level?: string): readonly Cell[] => [
      { text: speaker.say(key), ...(level === undefined ? {} : { level }) },
      number(text),
    ];
    const { recording, clockErrorMs: clockMs } = status;
    const level = (isGood: boolean): string => (isGood ? 'ok' : 'failed');
    this.#rows.update(
      [],
      [
        row('box_site', `${status.site.id} · ${status.site.hash.slice(0, 8)}`),
        row('box_profile', status.site.profile),
        ...(status.commission
          ? [row('box_commission', speaker.pick(status.commission.told))] : []),
        row('box_up', age(status.utcMs - status.startedUtcMs)),
        row('box_clock', clockMs === null ? speaker.say('unknown') : `± ${milliseconds(clockMs)}`),
        ...status.loops.map((loop) =>
          row(
            `box_loop_${loop.loop}`,
            `p99 ${milliseconds(loop.lateness.p99Ms)} · ${bytes(loop.rssBytes)}`,
          ),
        ),
        ...status.rsus.map((rsu) => [
          {
            text: `${speaker.word('check', 'rsu')} ${rsu.id}`,
            level: level(rsu.fault === null),
            note: told(rsu, speaker),
          },
          number(rsu.lastSentMs === null ? '–' : age(status.monoMs - rsu.lastSentMs)),
        ]),
        ...status.clouds.map((cloud) => [
          {
            text: `${speaker.word('check', 'cloud')} ${cloud.id}`,
            level: level(cloud.connected),
            note: told(cloud, speaker),
          },
          number(speaker.say(cloud.connected ? 'connected' : 'not_connected')),
        ]),
        row('box_outbox', count(status.store.rows), level(status.store.fault === null)),
        row('box_recording', recording === null ? speaker.say('none') : bytes(recording.octets)),
        row('box_node', `Node ${status.node}`),
      ],
      '',
    );
  }
}

/** All parts of the side, in their order. On a phone the long ones start folded. */
export function makePanels(speaker: Speaker, isWide: boolean): readonly Panel[] {
  return [
    new CapabilityPanel(speaker),
    new GatePanel(speaker),
    new EventPanel(speaker),
    new MessagePanel(speaker),
    new HealthPanel(speaker),
    new PortPanel(speaker, isWide),
    new DropPanel(speaker, false),
    new BoxPanel(speaker, false),
  ];
}
