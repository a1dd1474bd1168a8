import { Connection, fetchJunction } from './connection.ts';
import type { LinkState } from './connection.ts';
import type { Junction, Status, Track } from './document.ts';
import { make, setAttribute, setText } from './dom.ts';
import { Speaker } from './language.ts';
import { lampRadius } from './lamps.ts';
import { age } from './numbers.ts';
import { classColours } from './palette.ts';
import { explained, gateDot, makePanels } from './panels.ts';
import { Picture } from './picture.ts';
import { Pointer } from './pointer.ts';

const PANELS_MS = 250;
const WIDE_PIXELS = 900;
const RETRY_MS = 2000;

/** A pixel of the canvas element, CSS pixels from its upper left, and of its bitmap. */
interface Pixel {
  readonly x: number;
  readonly y: number;
  readonly bitmapX: number;
  readonly bitmapY: number;
}

interface LampPixel extends Pixel {
  readonly signalGroup: string;
  readonly radius: number;
}

declare global {
  interface Window {
    /** Where a point of the site falls on the picture; for tests. */
    __lukouPick?: (eastM: number, northM: number) => Pixel;
    /** Where lamps are drawn; for tests. */
    __lukouLamps?: () => readonly LampPixel[];
    /** Pictures drawn since the page was opened; for tests. */
    __lukouDrawn?: number;
  }
}

/** The page: header, banner, picture and panels, kept up to date by the stream. */
class Page {
  readonly #junction: Junction;
  readonly #speaker: Speaker;
  readonly #picture: Picture;
  readonly #panels;
  readonly #connection: Connection;
  #status: Status | null = null;
  #panelsAtMs = -Infinity;

  readonly #name = make('h1');
  readonly #mode = make('span', 'mode');
  readonly #link = make('span', 'link');
  readonly #time = make('time');
  readonly #language = make('button', 'plain');
  readonly #banner = make('div', 'banners');
  readonly #lost = make('p', 'banner lost');
  readonly #gate = make('p', 'banner gate');
  readonly #demo = make('p', 'banner demo');
  readonly #canvas = make('canvas');
  readonly #card = make('div', 'card');
  readonly #legend = make('ul', 'legend');
  readonly #views = make('button', 'plain toggle');
  readonly #fit = make('button', 'plain');
  readonly #wide = make('button', 'plain');
  readonly #near = make('button', 'plain square', '+');
  readonly #far = make('button', 'plain square', '−');
  readonly #main = make('main');

  constructor(junction: Junction, speaker: Speaker) {
    this.#junction = junction;
    this.#speaker = speaker;
    this.#panels = makePanels(speaker, window.innerWidth >= WIDE_PIXELS);
    this.#canvas.tabIndex = 0;
    this.#build();
    this.#picture = new Picture(this.#canvas, junction);
    new Pointer(this.#picture, () => this.#showCard());
    this.#connection = new Connection(
      (status) => this.#take(status),
      (state) => this.#showLink(state),
    );
    this.#buttons();
    this.#expose();
    speaker.language = speaker.language;
    this.#sayFixed();
    this.#connection.start();
  }

  #build(): void {
    const icon = make('img');
    icon.src = '/page/icon.svg';
    icon.alt = '';
    const header = make(
      'header', '', icon, this.#name, this.#mode, make('span', 'gap'),
      this.#time, this.#link, this.#language,
    );
    this.#banner.append(this.#lost, this.#gate, this.#demo);
    for (const banner of this.#banner.children) (banner as HTMLElement).hidden = true;
    this.#banner.setAttribute('role', 'status');
    const tools = make('div', 'tools', this.#views, this.#fit, this.#wide, this.#far, this.#near);
    const stage = make('section', 'stage', this.#canvas, this.#card, this.#legend, tools);
    const side = make('aside', '', ...this.#panels.map(({ element }) => element));
    this.#main.append(stage, side);
    this.#card.hidden = true;
    document.querySelector('#app')?.replaceChildren(header, this.#banner, this.#main);
  }

  #buttons(): void {
    const on = (button: HTMLElement, run: () => void): void =>
      button.addEventListener('click', run);
    on(this.#fit, () => this.#picture.fit());
    on(this.#wide, () => this.#picture.fit(true));
    on(this.#near, () => this.#zoom(1.4));
    on(this.#far, () => this.#zoom(1 / 1.4));
    on(this.#views, () => {
      this.#picture.showsViews = !this.#picture.showsViews;
      setAttribute(this.#views, 'aria-pressed', String(this.#picture.showsViews));
    });
    on(this.#language, () => {
      this.#speaker.language = this.#speaker.language === 'en' ? 'zh' : 'en';
      this.#sayFixed();
      this.#showPanels();
      this.#showLink(this.#connection.state);
    });
    for (const { element } of this.#panels) {
      element.addEventListener('toggle', () => this.#showPanels());
    }
  }

  #zoom(factor: number): void {
    this.#picture.camera.zoom(factor);
    this.#picture.touched();
  }

  /** Texts that do not depend on a document. */
  #sayFixed(): void {
    const say = (key: string): string => this.#speaker.say(key);
    setText(this.#name, this.#speaker.pick(this.#junction.name));
    document.title = `${this.#speaker.pick(this.#junction.name)} · Lukou`;
    setText(this.#mode, this.#speaker.word('mode', this.#junction.mode));
    setAttribute(this.#mode, 'class', `mode ${this.#junction.mode}`);
    setText(this.#language, this.#speaker.language === 'en' ? '中文' : 'English');
    setText(this.#views, say('views'));
    setText(this.#fit, say('fit_junction'));
    setText(this.#wide, say('fit_all'));
    setAttribute(this.#views, 'aria-pressed', String(this.#picture.showsViews));
    setAttribute(this.#near, 'aria-label', say('zoom_in'));
    setAttribute(this.#far, 'aria-label', say('zoom_out'));
    setAttribute(this.#canvas, 'aria-label', say('picture'));
    setAttribute(this.#canvas, 'role', 'img');
    this.#demo.hidden = this.#junction.mode === 'live';
    setText(this.#demo, this.#speaker.word('mode_note', this.#junction.mode));
    this.#legend.replaceChildren(
      ...Object.keys(classColours).map((cls) => {
        const swatch = make('i');
        swatch.style.setProperty('background', classColours[cls] ?? '');
        return make('li', '', swatch, this.#speaker.word('class', cls));
      }),
    );
  }

  #take(status: Status): void {
    this.#status = status;
    this.#picture.show(status);
    this.#showCard();
    if (performance.now() - this.#panelsAtMs >= PANELS_MS) this.#showPanels();
  }

  #showPanels(): void {
    const status = this.#status;
    if (!status) return;
    this.#panelsAtMs = performance.now();
    for (const panel of this.#panels) panel.update(status);
    this.#showGate(status);
    setText(this.#time, new Date(status.utcMs).toLocaleTimeString('en-GB'));
  }

  #showGate({ gate, commission }: Status): void {
    const worst = gate.nodes.find(({ level }) => gateDot(level) === 'failed')
      ?? gate.nodes.find(({ level }) => level !== 'valid');
    this.#gate.hidden = worst === undefined;
    if (!worst) return;
    const name = this.#junction.nodes.find(({ id }) => id === worst.node)?.name ?? worst.node;
    setAttribute(this.#gate, 'class', `banner gate ${gateDot(worst.level)}`);
    const first = worst.reasons.slice(0, 2);
    // What a person has to do stands before the rules that hang on it.
    const isOpen = this.#junction.mode === 'live' && commission?.state !== 'commissioned';
    const told = isOpen && commission ? [this.#speaker.pick(commission.told)] : [];
    const why = [...told, ...first.map((reason) => explained(reason, this.#speaker))].join('; ');
    setText(
      this.#gate,
      this.#speaker.say('gate_banner', {
        node: name,
        level: this.#speaker.word('gate', worst.level),
        why: why === '' ? this.#speaker.say('gate_no_reason') : why,
      }),
    );
  }

  #showLink(state: LinkState): void {
    const isLive = state === 'live';
    setAttribute(this.#main, 'class', isLive ? '' : 'not-live');
    setAttribute(this.#link, 'class', `link ${state}`);
    const rateHz = this.#connection.rateHz;
    const word = this.#speaker.word('link', state);
    setText(this.#link, isLive ? `${word} ${rateHz.toFixed(0)} Hz` : word);
    this.#lost.hidden = isLive || (state === 'connecting' && this.#status === null);
    const ageMs = this.#connection.ageMs;
    setText(
      this.#lost,
      ageMs === null
        ? this.#speaker.say('lost_never')
        : this.#speaker.say('lost_since', { age: age(ageMs) }),
    );
  }

  #showCard(): void {
    const track = this.#picture.track(this.#picture.chosen ?? this.#picture.hovered);
    this.#card.hidden = track === null;
    if (track) this.#fillCard(track);
  }

  #fillCard(track: Track): void {
    const { say } = this.#voice;
    const { headingRad } = track;
    const rows: readonly (readonly [string, string])[] = [
      [say('card_speed'), `${(track.speedMps * 3.6).toFixed(0)} km/h`],
      [say('card_heading'), headingRad === null ? '–' : `${compassDeg(headingRad).toFixed(0)}°`],
      [say('card_lane'), track.laneId ?? '–'],
      [say('card_place'), `${track.eastM.toFixed(1)} m, ${track.northM.toFixed(1)} m`],
      [say('card_sure'), `${(track.existence * 100).toFixed(0)} %`],
      [say('card_seen'), this.#speaker.word('unseen', track.unseen)],
      [say('card_sensors'), track.sensors.length === 0 ? '–' : track.sensors.join(', ')],
      [say('card_age'), age(track.ageMs)],
      [say('card_track'), track.id],
    ];
    const pairs = rows.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]);
    const list = make('dl', '', ...pairs);
    const swatch = make('i');
    swatch.style.setProperty('background', classColours[track.cls] ?? '');
    const name = this.#speaker.word('class', track.cls);
    const title = make('h2', '', swatch, `${name} ${track.cityId}`);
    this.#card.replaceChildren(title, list);
  }

  get #voice(): { say: (key: string) => string } {
    return { say: (key) => this.#speaker.say(key) };
  }

  #expose(): void {
    const pixel = (eastM: number, northM: number): Pixel => {
      const { camera, pixelRatio } = this.#picture;
      const x = camera.toX(eastM);
      const y = camera.toY(northM);
      return { x, y, bitmapX: Math.round(x * pixelRatio), bitmapY: Math.round(y * pixelRatio) };
    };
    window.__lukouPick = pixel;
    window.__lukouLamps = () =>
      this.#picture.places.map(({ signalGroup, at, small }) => ({
        ...pixel(at[0], at[1]),
        signalGroup,
        radius: lampRadius(this.#picture.camera, small) * this.#picture.pixelRatio,
      }));
    window.__lukouDrawn = 0;
    this.#picture.onDrawn = () => (window.__lukouDrawn = (window.__lukouDrawn ?? 0) + 1);
  }
}

/** Degrees clockwise from north of an angle that runs counter-clockwise from east. */
function compassDeg(headingRad: number): number {
  const degrees = 90 - (headingRad * 180) / Math.PI;
  return ((degrees % 360) + 360) % 360;
}

/** Starts the page; while the box does not answer it says so and tries again. */
async function start(): Promise<void> {
  if (location.search !== '') history.replaceState(null, '', '/'); // a spent token is of no use
  const speaker = new Speaker();
  try {
    const junction = await fetchJunction();
    speaker.use(junction);
    new Page(junction, speaker);
  } catch (error) {
    const status = error instanceof Error && error.message === '401' ? ' (401)' : '';
    const text = `Lukou: no answer${status}; trying again. 无应答${status}，正在重试。`;
    document.querySelector('#app')?.replaceChildren(make('p', 'banner lost', text));
    setTimeout(() => void start(), RETRY_MS);
  }
}

void start();
