// /account/privacy: what is kept of the person who is signed in, and of the customer whose owner they are: why, as a file,
// corrected, allowed or not, and forgotten.

import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { getMe } from '../../api/people';
import { getPrivacy, type Subject } from '../../api/privacy';
import type { Session } from '../../api/types';
import { PageTitle } from '../../components/PageTitle';
import { noteSession, session, sessionEnded } from '../../lib/app_state';
import { changesOf } from '../../lib/may';
import { resource } from '../../lib/resource';
import { ChoicesSection } from './ChoicesSection';
import { EmailSection } from './EmailSection';
import { EraseSection } from './EraseSection';
import { ExportSection } from './ExportSection';
import { NameSection } from './NameSection';
import { RequestsSection } from './RequestsSection';
import { WhySection } from './WhySection';
import { tell } from './words';

interface Part {
  of: Subject;
  /** The customer's name; of oneself none. */
  name: string | null;
  isLocked: boolean;
}

function About({ of, name, isLocked }: Part) {
  const privacy = useMemo(() => resource(() => getPrivacy(of), noteSession), [of]);
  useEffect(() => void privacy.load(), [privacy]);
  const part = { of, name, isLocked, privacy };
  return (
    <>
      <ExportSection {...part} />
      <ChoicesSection {...part} />
      <RequestsSection {...part} />
      <EraseSection {...part} />
    </>
  );
}

function All({ who }: { who: Session }) {
  const me = useMemo(() => resource(getMe, noteSession), []);
  useEffect(() => void me.load(), []);
  const looks = who.kind === 'impersonation';
  const isOwner = who.userId !== null && changesOf(who) === 'all';
  return (
    <div class="narrow wide">
      <PageTitle>{tell('title')}</PageTitle>
      <p class="lead">{tell('lead')}</p>
      {looks && <p class="inline-note tone-warning">{tell('looking')}</p>}
      <WhySection />
      {!looks && <NameSection me={me} hasBilling={who.userId !== null} />}
      {!looks && <EmailSection me={me} />}
      {!looks && <About of="person" name={null} isLocked={false} />}
      {isOwner && <About of="customer" name={who.name || who.userId} isLocked={looks} />}
    </div>
  );
}

export default function PrivacyPage() {
  const { route, url } = useLocation();
  const state = session.state.value;
  const who = session.data;
  const isAnonymous = state.status === 'ready' && state.data === null && !sessionEnded.value;
  useEffect(() => {
    if (isAnonymous) route(`/sign-in?next=${encodeURIComponent(url)}`, true);
    else if (who?.needsSecondFactor) route(`/security?next=${encodeURIComponent(url)}`, true);
  }, [isAnonymous, who?.needsSecondFactor]);
  return who && !who.needsSecondFactor ? <All who={who} /> : null;
}
