import { setText } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const LEFT = 46;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 22;
const LINES = 3;

function svg(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([attribute, value]) => element.setAttribute(attribute, value));
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}

/** The smallest of 1, 2, 5, 10, … that is at least a value: a round end of an axis. */
function roundUp(value) {
  if (!Number.isFinite(value)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((round) => round >= value * 0.999999);
}

const short = (value) =>
  value >= 10_000 ? `${Number((value / 1000).toPrecision(3))}k` : String(Number(value.toPrecision(3)));

/**
 * A small plot: lines or bars over one axis, in SVG, coloured by the style sheet and so right in dark
 * and light, on paper and at any size. A few hundred points need no library. Pointer and arrow keys
 * read it point by point.
 */
export class Plot {
  #holder;
  #readout;
  #drawing = null;
  #size = { width: 0, height: 0 };
  /** Where each point is, left to right, and which of them is read; -1: none. */
  #places = [];
  #read = -1;

  /** @param readout where what is read is said; a live region */
  constructor(holder, readout) {
    this.#holder = holder;
    this.#readout = readout;
    holder.addEventListener('pointermove', ({ clientX }) =>
      this.#readAt(nearest(this.#places, clientX - holder.getBoundingClientRect().left)),
    );
    holder.addEventListener('pointerleave', () => this.#readAt(-1));
    holder.addEventListener('blur', () => this.#readAt(-1));
    holder.addEventListener('keydown', (event) => this.#step(event));
    // Its size is told, not asked for: asking while the page is being drawn would lay it out each time.
    new ResizeObserver(([{ contentRect }]) => {
      this.#size = contentRect;
      this.#redraw();
    }).observe(holder);
  }

  /**
   * @param lines `[{name, values}]`; a null value is a gap
   * @param step what lies between two values on the x axis
   * @param unit writes a value of the x axis
   * @param label says in a sentence what is to be seen
   * @param say says the values of a point, by its index
   */
  lines(lines, step, unit, label, say) {
    this.#draw({ label, say, unit, step, lines, count: Math.max(2, ...lines.map(({ values }) => values.length)) });
  }

  /** @param bins `[[from, count], …]` ascending, each `step` wide */
  bars(bins, step, unit, label, say) {
    this.#draw({ label, say, unit, step, bins });
  }

  #step(event) {
    const last = this.#places.length - 1;
    const to = { ArrowLeft: this.#read - 1, ArrowRight: this.#read + 1, Home: 0, End: last }[event.key];
    if (to !== undefined && last >= 0) {
      event.preventDefault();
      this.#readAt(Math.min(last, Math.max(0, to)));
    }
  }

  #readAt(index) {
    this.#read = index;
    this.#redraw();
  }

  #draw(drawing) {
    this.#drawing = drawing;
    this.#redraw();
  }

  #redraw() {
    const { width, height } = this.#size;
    if (!this.#drawing || width < LEFT + RIGHT + 20) {
      return;
    }
    const root = svg('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
    const frame = { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
    const { places, shapes } = this.#drawing.bins ? drawBars(this.#drawing, frame) : drawLines(this.#drawing, frame);
    this.#places = places;
    const x = places[this.#read];
    root.append(...shapes);
    if (x !== undefined) {
      root.append(svg('line', { class: 'cursor', x1: x, x2: x, y1: frame.top, y2: frame.bottom }));
    }
    this.#holder.replaceChildren(root);
    this.#holder.setAttribute('aria-label', this.#drawing.label);
    setText(this.#readout, x === undefined ? '' : this.#drawing.say(this.#read));
  }
}

function nearest(places, x) {
  const distance = (index) => Math.abs(places[index] - x);
  return places.reduce((best, _, index) => (best < 0 || distance(index) < distance(best) ? index : best), -1);
}

function drawLines({ lines, count, step, unit }, frame) {
  const top = roundUp(lines.flatMap(({ values }) => values).reduce((most, value) => Math.max(most, value), 0) || 1);
  const x = (index) => frame.left + ((frame.right - frame.left) * index) / (count - 1);
  const y = (value) => frame.bottom - ((frame.bottom - frame.top) * value) / top;
  const places = Array.from(lines[0].values, (_, index) => x(index));
  const shapes = [
    ...yAxis(top, frame, y),
    ...xAxis([0, (count - 1) / 2, count - 1].map((index) => [x(index), unit(index * step)]), frame),
    ...lines.map(({ name, values }) => svg('path', { class: name, d: path(values, x, y) })),
  ];
  return { places, shapes };
}

function path(values, x, y) {
  let pen = 'M';
  let d = '';
  values.forEach((value, index) => {
    if (value !== null) {
      d += `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    }
  });
  return d;
}

function drawBars({ bins, step, unit }, frame) {
  const from = bins[0][0];
  const to = bins.at(-1)[0] + step;
  const top = roundUp(Math.max(1, ...bins.map(([, count]) => count)));
  const x = (value) => frame.left + ((frame.right - frame.left) * (value - from)) / (to - from);
  const y = (value) => frame.bottom - ((frame.bottom - frame.top) * value) / top;
  const width = Math.max(1, x(from + step) - x(from) - 1);
  const bar = ([at, count]) =>
    svg('rect', { class: 'bar', x: x(at), y: y(count), width, height: frame.bottom - y(count) });
  const shapes = [
    ...yAxis(top, frame, y),
    ...xAxis([from, Math.floor((from + to) / 2), to - step].map((at) => [x(at + step / 2), unit(at)]), frame),
    ...bins.map(bar),
  ];
  return { places: bins.map(([at]) => x(at + step / 2)), shapes };
}

function yAxis(top, frame, y) {
  return Array.from({ length: LINES }, (_, line) => (top * line) / (LINES - 1)).flatMap((value) => [
    svg('line', { class: 'grid', x1: frame.left, x2: frame.right, y1: y(value), y2: y(value) }),
    svg('text', { x: frame.left - 6, y: y(value) + 4, 'text-anchor': 'end' }, short(value)),
  ]);
}

function xAxis(ticks, frame) {
  return ticks.map(([x, text], index) => {
    const anchor = index === 0 ? 'start' : index === ticks.length - 1 ? 'end' : 'middle';
    return svg('text', { x: index === 0 ? frame.left : x, y: frame.bottom + 16, 'text-anchor': anchor }, text);
  });
}
