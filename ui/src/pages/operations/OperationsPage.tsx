// The pages on which the business is run, each at its address: /admin/corrections, /admin/webhooks. A page of several places shows
// the one that the address names.

import { useLocation } from 'preact-iso';

import { Places } from '../../admin/Places';
import { useAddress } from '../../lib/address';
import { places, words } from './words';

export default function OperationsPage() {
  const { query } = useAddress();
  const { path } = useLocation();
  const page = path.slice('/admin/'.length);
  return <Places key={page} base={path} to={`${path}?view=`} page={page} place={query['view']} places={places().filter((place) => place.page === page)} words={words} />;
}
