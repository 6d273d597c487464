// The question of whether somebody would recommend the service, where it is due: answered on its own page, or put aside. Else the way there.

import { isAsked, putOff } from '../../../api/feedback_question';
import { Button } from '../../../components/Button';
import { useResource } from '../../../lib/use_resource';
import { say } from '../words';

export function FeedbackAsk() {
  const asked = useResource(isAsked, '');
  const later = async (): Promise<void> => {
    await putOff();
    await asked.load();
  };
  return asked.data === true ? (
    <p class="inline-note tone-neutral">
      {say('ask')} <a href="/billing/feedback">{say('askAnswer')}</a> <Button look="quiet" onPress={() => void later()}>{say('askLater')}</Button>
    </p>
  ) : <p><a href="/billing/feedback">{say('tellUs')}</a></p>;
}
