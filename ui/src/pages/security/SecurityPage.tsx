// /security: what proves the person who is signed in, and where they are signed in. Whoever still has to prove or to set up a
// second factor sees that alone.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { getMe, getSessions } from '../../api/people';
import type { Session } from '../../api/types';
import { PageTitle } from '../../components/PageTitle';
import { noteSession, session, sessionEnded } from '../../lib/app_state';
import { resource } from '../../lib/resource';
import { SecondFactor } from '../../people/SecondFactor';
import { say } from '../../people/words';
import { homeOf, safeNext } from '../sign-in/next';
import { AppSection, CodesSection, PasskeysSection, PasswordSection } from './factors';
import { SessionsSection } from './SessionsSection';

function SettingUp({ onDone }: { onDone: (isRecovered: boolean) => void }) {
  return (
    <div class="narrow">
      <PageTitle>{say('security.pendingTitle')}</PageTitle>
      <p class="lead">{say('security.pendingLead')}</p>
      <SecondFactor onDone={onDone} />
    </div>
  );
}

function All({ who }: { who: Session }) {
  const me = useMemo(() => resource(getMe, noteSession), []);
  const sessions = useMemo(() => resource(getSessions, noteSession), []);
  useEffect(() => {
    void me.load();
    void sessions.load();
  }, []);
  const looks = who.kind === 'impersonation';
  return (
    <div class="narrow wide">
      <PageTitle>{say('security.title')}</PageTitle>
      <p class="lead">{say('security.lead', { name: who.personName ?? who.personEmail ?? who.name })}</p>
      {looks && <p class="inline-note tone-warning">{say('security.looking')}</p>}
      <PasskeysSection me={me} isLocked={looks} />
      <AppSection me={me} isLocked={looks} />
      <CodesSection me={me} isLocked={looks} />
      <PasswordSection me={me} isLocked={looks} />
      <SessionsSection sessions={sessions} isLocked={looks} />
      <p><a href="/account/privacy">{say('security.privacy')}</a></p>
    </div>
  );
}

export default function SecurityPage() {
  const { query, route, url } = useLocation();
  const isSettingUp = useSignal(false);
  const state = session.state.value;
  const who = session.data;
  const isAnonymous = state.status === 'ready' && state.data === null && !sessionEnded.value;
  if (who?.needsSecondFactor) isSettingUp.value = true;
  useEffect(() => {
    if (isAnonymous) route(`/sign-in?next=${encodeURIComponent(url)}`, true);
  }, [isAnonymous]);
  if (!who) return null;
  if (!isSettingUp.value) return <All who={who} />;
  const done = (isRecovered: boolean): void => {
    isSettingUp.value = false;
    if (!isRecovered && query['next'] !== undefined) route(safeNext(query['next'], homeOf(who)), true);
  };
  return <SettingUp onDone={done} />;
}
