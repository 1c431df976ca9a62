const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Lines on a field of 24 by 24; what begins with `f ` is filled. */
const DRAWINGS = {
  back: ['M15 4.5 7.5 12l7.5 7.5'],
  forward: ['m9 4.5 7.5 7.5L9 19.5'],
  arrow: ['M4 12h15', 'm13 6 6 6-6 6'],
  tick: ['m5 12.5 4.5 4.5L19 7.5'],
  info: [
    'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
    'M12 11v5.5',
    'f M12 6.6a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4',
  ],
  more: [
    'f M5 10.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6',
    'f M12 9.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2',
    'f M19 10.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6',
  ],
  dots: [
    'f M5.5 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3',
    'f M12 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3',
    'f M18.5 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3',
  ],
  leave: [
    'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17',
    'f M12 8.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8',
  ],
  calendar: ['M5 6h14v14H5z', 'M5 10.5h14', 'M9 3.5V8', 'M15 3.5V8'],
  drop: ['M12 3.5c3.6 4.2 6 7.3 6 10.4a6 6 0 0 1-12 0c0-3.1 2.4-6.2 6-10.4', 'M9 14.3a3 3 0 0 0 3 3'],
  ticket: ['M4 7h16v3.4a1.7 1.7 0 0 0 0 3.3V17H4v-3.3a1.7 1.7 0 0 0 0-3.3z', 'M13.5 10v4'],
  tap: ['M9 4.5 18.5 13l-4.8.6 2.5 5-2.2 1.1-2.5-5L9 17.5z', 'M5 6.5 3.5 5M4.5 10.5h-2'],
  app: ['M5 5h5.5v5.5H5z', 'M13.5 5H19v5.5h-5.5z', 'M5 13.5h5.5V19H5z', 'M13.5 13.5H19V19h-5.5z'],
  bell: ['M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5z', 'M10 20.5h4'],
  gear: [
    'M12 8.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4',
    'M12 3v3M12 18v3M3 12h3M18 12h3M5.64 5.64l2.12 2.12M16.24 16.24l2.12 2.12M18.36 5.64l-2.12 2.12M7.76 16.24l-2.12 2.12',
  ],
  cross: ['f M9.5 4h5v5.5H20v5h-5.5V20h-5v-5.5H4v-5h5.5z'],
  bubbles: [
    'f M9.5 4C5.4 4 2 6.7 2 10.1c0 1.9 1.1 3.6 2.8 4.7L4.2 17l2.6-1.3c.8.2 1.7.3 2.7.3h.5a5.3 5.3 0 0 1-.2-1.5c0-3.2 3-5.7 6.7-5.7h.3C16 6 13 4 9.5 4',
    'f M22 14.5c0-2.6-2.6-4.7-5.7-4.7s-5.7 2.1-5.7 4.7 2.6 4.7 5.7 4.7c.7 0 1.4-.1 2-.3l2 1-.5-1.7c1.3-.9 2.2-2.2 2.2-3.7',
  ],
  copy: ['M9 9h10.5v10.5H9z', 'M15 9V4.5H4.5V15H9'],
  signal: ['f M2 16h3.5v4H2z', 'f M7.5 12.5H11V20H7.5z', 'f M13 8.5h3.5V20H13z', 'f M18.5 4H22v16h-3.5z'],
  battery: ['M2 8h17v8H2z', 'f M4 10h11v4H4z', 'f M20.5 10.5H22v3h-1.5z'],
} as const;

/** The name of a drawing. */
export type IconName = keyof typeof DRAWINGS;

/** Draws an icon in the colour and the size of the text around it; whoever reads it aloud passes it over. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(NAMESPACE, 'svg');
  const attributes = {
    viewBox: '0 0 24 24',
    'aria-hidden': 'true',
    focusable: 'false',
    class: 'icon',
  };
  for (const [attribute, value] of Object.entries(attributes)) svg.setAttribute(attribute, value);
  for (const drawing of DRAWINGS[name]) {
    const path = document.createElementNS(NAMESPACE, 'path');
    const isFilled = drawing.startsWith('f ');
    path.setAttribute('d', isFilled ? drawing.slice('f '.length) : drawing);
    path.setAttribute('class', isFilled ? 'filled' : 'line');
    svg.append(path);
  }
  return svg;
}
