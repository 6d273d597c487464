// Whether the log is as it was written: what was signed, and the rows that a filter leaves, looked at once more.

import { Listing, Sheet } from '../../../admin/Listing';
import { queryText, useAddress } from '../../../lib/address';
import { places, words } from '../evidence/words';
import { say } from '../words';

/** What was signed; and, once it is asked for, whether the rows that the filter leaves are sound. */
export function Evidence() {
  const { query, hrefOf } = useAddress();
  const { actor, action, userId, from, to, verify } = query;
  const filter = queryText({ actor, action, userId, from, to });
  return (
    <>
      {verify === undefined && <p><a class="button plain" href={hrefOf({ verify: '1' })}>{say('verify')}</a></p>}
      {places().filter(({ name }) => name !== 'verify' || verify !== undefined).flatMap(({ name, parts }) => parts.map((part) => {
        const props = { key: part.name, words };
        const path = part.path + (name === 'verify' ? filter : '');
        return 'columns' in part ? <Listing {...props} of={{ ...part, path }} /> : <Sheet {...props} of={{ ...part, path }} />;
      }))}
    </>
  );
}
