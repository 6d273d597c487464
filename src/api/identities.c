/* /api/me/identities: at which OpenID providers a person has an account that they go by here. It is
 * linked in oidc.c, where a browser goes to the provider and comes back. */
#include "api/people.h"

#include "api/session_cookie.h"
#include "app/oidc.h"
#include "app/oidc_provider.h"

#define AT(member) offsetof(struct identity_out, member)
static const struct shape_field identity_fields[] = {
    {"issuer", "The provider, as it names itself", SHAPE_STR, .offset = AT(issuer),
     .max = OIDC_URL_MAX},
    {"name", "What the pages call it; null when it is no longer the installation's", SHAPE_STR,
     .offset = AT(name), .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"signsIn", "They can come in by it", SHAPE_BOOL, .offset = AT(signs_in)},
    {"since", "When it was linked", SHAPE_INSTANT, .offset = AT(since)},
};
#undef AT
static const struct shape identity_shape =
    SHAPE("Identity", "An account at an OpenID provider", struct identity_out, identity_fields);
const struct shape_field identity_item = {.kind = SHAPE_OBJECT, .of = &identity_shape};

struct err identities_list(struct api_request *request, struct tx *tx,
                           struct shape_list *ret_list) {
    const struct oidc_provider *provider = request->api->app->oidc;
    struct row_list list;
    TRY(oidc_identities(tx, request->session.person_id, &list));
    const struct identity_row *rows = list.items;
    struct identity_out *out = arena_array(request->arena, list.count, sizeof *out);
    if (out == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct oidc_settings *ours =
            provider == NULL ? NULL : oidc_provider_settings(provider);
        bool is_ours = ours != NULL && str_equal(rows[i].issuer, ours->issuer);
        out[i] = (struct identity_out){
            .issuer = rows[i].issuer,
            .name = is_ours ? ours->name : (struct str){NULL, 0},
            .signs_in = is_ours,
            .since = rows[i].created_at,
        };
    }
    *ret_list = (struct shape_list){out, list.count};
    return OK;
}

/* --- taking away --- */

struct unlink_in {
    struct str issuer;
};
static const struct shape_field unlink_fields[] = {
    {"issuer", "The provider, as it names itself", SHAPE_STR,
     .offset = offsetof(struct unlink_in, issuer), .min = 1, .max = OIDC_URL_MAX},
};
const struct shape identity_unlink_query_shape =
    SHAPE("IdentityUnlinkQuery", "Which provider", struct unlink_in, unlink_fields);

struct unlink_in_hand {
    struct oidc_unlink unlink; /* first: `done` hands it back */
    struct api_request *request;
};

static void unlinked(struct command *command) {
    struct api_request *request = ((struct unlink_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void me_identity_unlink(struct api_request *request) {
    const struct unlink_in *in = request->query;
    struct unlink_in_hand *hand = ARENA_NEW(request->arena, struct unlink_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->unlink.person_id = request->session.person_id;
    hand->unlink.issuer = in->issuer;
    hand->unlink.but_session_id = request->session.id;
    hand->unlink.place = session_place_of(request);
    hand->unlink.command.done = unlinked;
    oidc_unlink(request->api->app, &hand->unlink);
}
