// A few line drawings on a 16-unit grid. Decorative always: the words beside them carry the meaning.

const PATHS = {
  home: 'M2.5 7.5L8 3l5.5 4.5M4 6.5V13h8V6.5',
  paper: 'M4 2h5l3 3v9H4zM9 2v3h3M6 8h4M6 10.5h4',
  bars: 'M3 13.5V9M8 13.5v-11M13 13.5V6',
  people: 'M6 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM1.8 13c0-2.3 1.9-3.7 4.2-3.7s4.2 1.4 4.2 3.7M11 7.3a2 2 0 1 0-.6-3.9M11.8 9.5c1.5.4 2.4 1.6 2.4 3.3',
  shield: 'M8 2l5 1.8v4c0 3-2.2 5-5 6.2-2.8-1.2-5-3.2-5-6.2v-4z',
  gear: 'M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 2v2m0 8v2M2 8h2m8 0h2M4 4l1 1m6 6l1 1M12 4l-1 1m-6 6l-1 1',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.2 3.2',
  more: 'M3 8h.1M8 8h.1M13 8h.1',
  check: 'M3.5 8.5l3 3 6-7',
  close: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.5l6 11H2zM8 7v3M8 11.7v.1',
  blocked: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.8 3.8l8.4 8.4',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.2l2 1.3',
  card: 'M2 4.5h12v8H2zM2 7.2h12M4.3 10.3h2.4',
  external: 'M9.5 3H13v3.5M13 3L7.5 8.5M11 9.5V13H3V5h3.5',
  bell: 'M4.5 11V7a3.5 3.5 0 0 1 7 0v4l1 1.5h-9zM6.8 14h2.4',
  arrow: 'M3.5 8h9M9 4.5L12.5 8 9 11.5',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.6h-2.6',
} as const;

export type IconName = keyof typeof PATHS;

export const ICON_NAMES = /* @__PURE__ */ Object.keys(PATHS) as IconName[];

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: a barrier arm, raised. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="8" />
      <path class="mark-line" d="M9.5 25V15M9.5 15.5L23.5 8" />
      <circle class="mark-dot" cx="9.5" cy="15.5" r="2.6" />
    </svg>
  );
}
