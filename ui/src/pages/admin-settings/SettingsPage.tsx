// /admin/settings: who operates and may what, which keys open the API, how the program was set up.

import { Places } from '../../admin/Places';
import { places, words } from './words';

export default function SettingsPage({ id }: { id?: string }) {
  return <Places base="/admin/settings" place={id} places={places()} words={words} />;
}
