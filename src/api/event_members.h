/* An event as it was read, by whichever reader: what event_decode.c judges. */
#ifndef API_EVENT_MEMBERS_H
#define API_EVENT_MEMBERS_H

#include "api/event_decode.h"

enum {
    EVENT_SPECVERSION,
    EVENT_ID,
    EVENT_SOURCE,
    EVENT_TYPE,
    EVENT_SUBJECT,
    EVENT_TIME,
    EVENT_CONTENT,
    EVENT_DATA,
    EVENT_BASE64,
    EVENT_MEMBERS
};
enum { DATA_VALUE, DATA_SET, DATA_REGION, DATA_RESOURCE, DATA_REVERSES, DATA_MEMBERS };

struct event_members {
    const struct json_slot *event; /* by EVENT_SPECVERSION ... */
    const struct json_slot *data;  /* by DATA_VALUE ...; of an EVENT_DATA that is an object */
    bool has_bad_name;             /* of an attribute */
    bool has_unknown_data;         /* a member of data that is none of ours */
};

void event_decode_members(struct event_context *context, const struct event_members *members,
                          struct usage_event *event);

#endif
