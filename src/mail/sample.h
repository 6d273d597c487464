/* Values by which a mail is looked at before anybody gets one: each of its kind's, made up by its
 * type. */
#ifndef MAIL_SAMPLE_H
#define MAIL_SAMPLE_H

#include "app/mail.h"

/* A JSON object, as mail_order.values, in the cx's arena. What may be absent is there; of flags
 * that stand side by side the first that must be given is true, so that one story is told. The same
 * each time. */
struct str mail_sample(struct cx *cx, enum mail_kind kind);

#endif
