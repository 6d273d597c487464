// /admin/compliance: what has to be done by when, what is kept for how long, and what shows it to others.

import { Places } from '../../admin/Places';
import { places, words } from './words';

export default function CompliancePage({ id }: { id?: string }) {
  return <Places base="/admin/compliance" place={id} places={places()} words={words} />;
}
