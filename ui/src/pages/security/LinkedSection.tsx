// The account at the OpenID provider by which the person comes in: linked by going there and back, unlinked here. What the
// browser comes back with stands in the address.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';

import { beginLink, unlink } from '../../api/people';
import type { Identity, Me } from '../../api/types';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce, session } from '../../lib/app_state';
import type { Resource } from '../../lib/resource';
import { isPeopleKey, say } from '../../people/words';
import { RemoveDialog } from './factors';

/** What the browser came back with. */
function Came({ query }: { query: Record<string, string> }) {
  const key = `problem.${query['error']}`;
  if (query['linked'] === 'true') return <p class="inline-note tone-good" role="status">{say('linked.done')}</p>;
  if (query['error'] === undefined || !isPeopleKey(key)) return null;
  return <p class="inline-note tone-warning" role="status">{say(key)}</p>;
}

const isLinked = (identities: readonly Identity[]): boolean => identities.some(({ signsIn }) => signsIn);

interface Props {
  me: Resource<Me>;
  isLocked: boolean;
  query: Record<string, string>;
}

export function LinkedSection({ me, isLocked, query }: Props) {
  const { route } = useLocation();
  const removing = useSignal<Identity | null>(null);
  const action = useAction();
  const provider = session.data?.signInProvider ?? null;
  if (provider === null && (me.data?.identities.length ?? 0) === 0) return null;
  const nameOf = (identity: Identity): string => identity.name ?? identity.issuer;
  const remove = async (identity: Identity): Promise<void> => {
    await unlink(identity.issuer);
    removing.value = null;
    // The address may still say that one was linked.
    route('/security', true);
    announce(say('linked.removed', { name: nameOf(identity) }));
    await me.load();
  };
  const gone = removing.value;
  return (
    <>
      <Section title={say('linked.title')} of={me} lines={1}>
        {({ identities }) => (
          <>
            <Came query={query} />
            {(isLinked(identities) || provider !== null) && <p class="muted">{say(isLinked(identities) ? 'linked.text' : 'linked.none')}</p>}
            <ul class="rows">
              {identities.map((identity) => (
                <li class="row" key={identity.issuer}>
                  <div>
                    <p class="row-name">{nameOf(identity)}</p>
                    <p class="hint">
                      {say('linked.since', { date: formatDate(identity.since, locale()) })}
                      {!identity.signsIn && <> · {say('linked.old')}</>}
                    </p>
                  </div>
                  {!isLocked && (
                    <Button
                      look="quiet"
                      label={say('linked.removeLabel', { name: nameOf(identity) })}
                      onPress={() => { removing.value = identity; }}
                    >
                      {say('linked.remove')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
            {!isLocked && provider !== null && !isLinked(identities) && (
              <div class="actions">
                <Button busy={action.busy.value} onPress={() => void action.run(async () => { location.assign(await beginLink()); })}>
                  {say('linked.add', { name: provider })}
                </Button>
              </div>
            )}
            {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
          </>
        )}
      </Section>
      {gone && (
        <RemoveDialog
          title={say('linked.removeTitle', { name: nameOf(gone) })}
          text={say('linked.removeText')}
          submit={say('linked.remove')}
          work={() => remove(gone)}
          onClose={() => { removing.value = null; }}
        />
      )}
    </>
  );
}
