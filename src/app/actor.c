#include "app/actor.h"

#include <string.h>

#include "base/check.h"

const char *actor_kind_name(enum actor_kind kind) {
    static const char *const names[ACTOR_KIND_COUNT] = {
        [ACTOR_SYSTEM] = "system", [ACTOR_LOCAL] = "local",   [ACTOR_KEY] = "key",
        [ACTOR_PORTAL] = "portal", [ACTOR_MEMBER] = "member", [ACTOR_OPERATOR] = "operator",
        [ACTOR_NOBODY] = "nobody",
    };
    check((unsigned)kind < ACTOR_KIND_COUNT);
    return names[kind];
}

enum { TEXTS = 11 };

/* Every text of an act, so that none is forgotten where all are looked at. */
static void texts_of(struct act *act, struct str *ret_texts[TEXTS]) {
    struct actor *actor = &act->actor;
    struct str *texts[TEXTS] = {
        &actor->id,         &actor->session,    &actor->impersonator, &actor->address,
        &actor->user_agent, &actor->request_id, &act->action,         &act->customer,
        &act->object,       &act->asked,        &act->reason,
    };
    memcpy(ret_texts, texts, sizeof texts);
}

struct act *act_copy(struct env *env, const struct act *act) {
    struct act copy = *act;
    struct str *texts[TEXTS];
    size_t size = sizeof copy;
    texts_of(&copy, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        size += texts[i]->len;
    }
    char *block = env_alloc(env, size);
    if (block == NULL) {
        return NULL;
    }
    char *at = block + sizeof copy;
    for (size_t i = 0; i < TEXTS; i++) {
        struct str text = *texts[i];
        if (text.len > 0) {
            memcpy(at, text.bytes, text.len);
        }
        *texts[i] = str_of(at, text.len);
        at += text.len;
    }
    memcpy(block, &copy, sizeof copy);
    return (struct act *)(void *)block;
}
