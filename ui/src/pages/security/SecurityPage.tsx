// /security: what proves the person who is signed in, and where they are signed in. Whoever still has to prove or to set up a
// second factor sees that alone.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { getMe, getSessions, getSignIns } from '../../api/people';
import type { Session } from '../../api/types';
import { PageTitle } from '../../components/PageTitle';
import { noteSession, session, sessionEnded } from '../../lib/app_state';
import { resource } from '../../lib/resource';
import { SecondFactor } from '../../people/SecondFactor';
import { say } from '../../people/words';
import { homeOf, safeNext } from '../../lib/next';
import { AppSection, CodesSection, PasskeysSection, PasswordSection } from './factors';
import { LinkedSection } from './LinkedSection';
import { later } from '../../components/later';
import { SessionsSection } from './SessionsSection';
import { SignInsSection } from './SignInsSection';

const SettingsSection = later(async () => (await import('../../people/aside')).SettingsSection);

function SettingUp({ onDone }: { onDone: (isRecovered: boolean) => void }) {
  return (
    <div class="narrow">
      <PageTitle>{say('security.pendingTitle')}</PageTitle>
      <p class="lead">{say('security.pendingLead')}</p>
      <SecondFactor onDone={onDone} />
    </div>
  );
}

function All({ who, query }: { who: Session; query: Record<string, string> }) {
  const me = useMemo(() => resource(getMe, noteSession), []);
  const sessions = useMemo(() => resource(getSessions, noteSession), []);
  const signIns = useMemo(() => resource(getSignIns, noteSession), []);
  useEffect(() => {
    void me.load();
    void sessions.load();
    void signIns.load();
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
      <LinkedSection me={me} isLocked={looks} query={query} />
      <SettingsSection />
      <SessionsSection sessions={sessions} isLocked={looks} />
      <SignInsSection signIns={signIns} />
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
  if (!isSettingUp.value) return <All who={who} query={query} />;
  const done = (isRecovered: boolean): void => {
    isSettingUp.value = false;
    if (!isRecovered && query['next'] !== undefined) route(safeNext(query['next'], homeOf(who)), true);
  };
  return <SettingUp onDone={done} />;
}
