// /admin/revenue/rows: the movements of which a figure consists, customer by customer.

import { Places } from '../../admin/Places';
import { places, words } from './words';

export default function RowsPage() {
  return (
    <Places base="/admin/revenue/rows" place={undefined} places={places()} words={words}>
      <p><a href="/admin/revenue">{words.say('back')}</a></p>
    </Places>
  );
}
