// The places of an area: what a customer's pages are, what operators' are. At the side where there is room, a row above on
// less, a bar at the foot of a phone: the first four, and the rest behind one that says so. It depends on the address alone,
// so that nothing moves when it is known who is looking.

import { useLocation } from 'preact-iso';

import type { Session } from '../api/types';
import { t, type MessageKey } from '../i18n';
import { Icon, type IconName } from './Icon';

interface Place {
  href: string;
  name: MessageKey;
  icon: IconName;
  /** A page of it that lies elsewhere. */
  also?: string;
}

export interface Area {
  name: MessageKey;
  places: readonly Place[];
}

/** What belongs to a place and lies elsewhere. */
const ALSO: Record<string, string> = { plan: '/billing/cancel', catalog: '/admin/what-if' };

/** "alerts:bell": a place below `base`, its word and its icon; the first is `base` itself, and what lies elsewhere says where. */
const placesOf = (base: string, list: string): Place[] => list.split(' ').map((one, at) => {
  const [name = '', icon, href = at === 0 ? base : `${base}/${name}`] = one.split(':');
  return { href, name: `nav.${name}` as MessageKey, icon: icon as IconName, ...(name in ALSO && { also: ALSO[name] }) };
});

const BILLING: Area = {
  name: 'app.billing',
  places: placesOf('/billing', 'overview:home usage:bars costs:card plan:check invoices:paper methods:card:/billing/payment-methods alerts:bell settings:gear activity:clock privacy:shield:/account/privacy'),
};

const ADMIN: Area = {
  name: 'app.operating',
  places: placesOf('/admin', 'today:home customers:people subscriptions:refresh revenue:bars contracts:paper approvals:check catalog:card experiments:bars feedback:people dunning:card corrections:paper audit:clock jobs:refresh webhooks:bell compliance:shield health:bars settings:gear'),
};

/** Where somebody is at home: a customer's pages, operators', neither. */
export function areasOf(who: Session | null | undefined): readonly Area[] {
  if (!who || who.needsSecondFactor) return [];
  return who.kind === 'operator' ? [ADMIN] : [BILLING];
}

export function areaOf(path: string): Area | null {
  if (path.startsWith('/admin')) return ADMIN;
  return path === '/billing' || path.startsWith('/billing/') || path === '/account/privacy' ? BILLING : null;
}

const IN_BAR = 4;
const BAR = 5;

/** The place that the path is at or below: of several the longest. */
export function placeOf(area: Area, path: string): Place | undefined {
  const held = area.places.filter(({ href, also }) => path === href || path === also || path.startsWith(`${href}/`));
  return held.sort((a, b) => b.href.length - a.href.length)[0];
}

function Item({ place, isHere }: { place: Place; isHere: boolean }) {
  return (
    <a href={place.href} aria-current={isHere ? 'page' : undefined}>
      <Icon name={place.icon} />
      <span>{t(place.name)}</span>
    </a>
  );
}

export function AreaNav({ area }: { area: Area }) {
  const { path } = useLocation();
  const here = placeOf(area, path);
  const first = area.places.length > BAR ? area.places.slice(0, IN_BAR) : area.places;
  const rest = area.places.slice(first.length);
  return (
    <nav class="area-nav" aria-label={t(area.name)}>
      {first.map((place) => <Item key={place.href} place={place} isHere={place === here} />)}
      {rest.length > 0 && (
        <details class="area-more" key={path}>
          <summary><Icon name="more" /><span>{t('nav.more')}</span></summary>
          <div>{rest.map((place) => <Item key={place.href} place={place} isHere={place === here} />)}</div>
        </details>
      )}
      <div class="area-rest">{rest.map((place) => <Item key={place.href} place={place} isHere={place === here} />)}</div>
    </nav>
  );
}
