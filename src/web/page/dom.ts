/** Sets a text only when it changed. Data reaches the page as text nodes alone, never as markup. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute only when it changed. */
export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** An element with a class and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, className = '', ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** One cell of a row. */
export interface Cell {
  readonly text: string;
  /** A coloured dot before the text. */
  readonly level?: string;
  /** Quieter small text under it. */
  readonly note?: string;
  readonly isNumber?: boolean;
}

/** A table whose rows are made once and then only get new texts. */
export class Rows {
  readonly element: HTMLElement;
  readonly #head = make('thead');
  readonly #body = make('tbody');
  readonly #empty = make('p', 'empty');

  constructor(className = '') {
    const table = make('table', className, this.#head, this.#body);
    this.element = make('div', 'rows', table, this.#empty);
  }

  /** Shows these rows; `empty` stands there when there is none. */
  update(headings: readonly Cell[], rows: readonly (readonly Cell[])[], empty: string): void {
    this.#fill(this.#head, headings.length > 0 && rows.length > 0 ? [headings] : [], 'th');
    this.#fill(this.#body, rows, 'td');
    setText(this.#empty, rows.length === 0 ? empty : '');
    this.#empty.hidden = rows.length > 0;
  }

  #fill(part: HTMLElement, rows: readonly (readonly Cell[])[], tag: 'td' | 'th'): void {
    while (part.children.length > rows.length) part.lastElementChild?.remove();
    rows.forEach((cells, index) => {
      const row = part.children[index] ?? part.appendChild(make('tr'));
      while (row.children.length > cells.length) row.lastElementChild?.remove();
      cells.forEach((cell, column) => {
        const element = row.children[column] ?? row.appendChild(make(tag));
        this.#cell(element, cell);
      });
    });
  }

  #cell(element: Element, { text, level, note, isNumber }: Cell): void {
    let [dot, main, small] = [...element.children];
    if (!dot || !main || !small) {
      dot = make('i', 'dot');
      main = make('span');
      small = make('small');
      element.append(dot, main, small);
    }
    setAttribute(element, 'class', isNumber ? 'number' : '');
    setAttribute(dot, 'class', level === undefined ? 'none' : `dot ${level}`);
    setText(main, text);
    setText(small, note ?? '');
  }
}
