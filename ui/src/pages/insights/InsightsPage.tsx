// What customers say, and what another catalogue would have come to: /admin/feedback, /admin/what-if.

import { useLocation } from 'preact-iso';

import { Places } from '../../admin/Places';
import { useAddress } from '../../lib/address';
import { places, words } from './words';

export default function InsightsPage() {
  const { query } = useAddress();
  const { path } = useLocation();
  const page = path.slice('/admin/'.length);
  return <Places key={page} base={path} to={`${path}?view=`} page={page} place={query['view']} places={places().filter((place) => place.page === page)} words={words} />;
}
