// /admin/contracts: who asks for a contract, and all contracts.

import { mayWriteTerms } from '../../admin/may';
import { Places } from '../../admin/Places';
import type { ContractRecord } from '../../api/contract_types';
import { places, words } from './words';

const cells = { number: ({ number, userId }: ContractRecord) => words.say('row', { number, customer: userId }) };

export default function ContractsPage() {
  return (
    <Places base="/admin/contracts" place={undefined} places={places()} words={words} how={{ cells }}>
      {mayWriteTerms() && <div class="actions"><a class="button primary" href="/admin/contracts/new">{words.say('write')}</a></div>}
    </Places>
  );
}
