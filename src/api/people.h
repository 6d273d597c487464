/* The handlers and shapes of people: members of customers, operators, invitations, sessions. */
#ifndef API_PEOPLE_H
#define API_PEOPLE_H

#include "api/appearance.h"
#include "api/request.h"
#include "api/shapes.h"

/* members.c */
void members_list(struct api_request *request);
void members_invite(struct api_request *request);
void members_change(struct api_request *request);
void members_remove(struct api_request *request);
extern const struct shape member_remove_query_shape;
/* The name that a mail to who is invited says; of a machine none. */
MUST_USE struct err inviter_name(struct api_request *request, struct str *ret_name);
void operators_list(struct api_request *request);
void operators_invite(struct api_request *request);
void operators_change(struct api_request *request);
void operators_remove(struct api_request *request);
extern const struct shape members_shape, member_shape, invitation_shape;
extern const struct shape member_invite_shape, member_role_shape;
extern const struct shape operator_invite_shape, operator_role_shape;

/* invitations.c */
void invitations_accept(struct api_request *request);
void setup_first(struct api_request *request);
void setup_link_create(struct api_request *request);
extern const struct shape setup_link_shape;
extern const struct shape invitation_accept_shape, setup_shape;

/* impersonations.c */
void impersonations_create(struct api_request *request);
extern const struct shape impersonation_create_shape;

/* session_list.c */
void sessions_list(struct api_request *request);
void sessions_revoke(struct api_request *request);
void sessions_revoke_others(struct api_request *request);
extern const struct shape sessions_shape;

/* sign_in_list.c */
void sign_ins_list(struct api_request *request);
extern const struct shape sign_ins_shape;

/* me.c */
void me_show(struct api_request *request);
void me_rename(struct api_request *request);
/* The person as they are now. */
void me_reply(struct api_request *request, int status);
void me_totp_begin(struct api_request *request);
void me_totp_remove(struct api_request *request);
void me_recovery_codes(struct api_request *request);
void me_passkey_options(struct api_request *request);
void me_passkey_register(struct api_request *request);
void me_passkey_remove(struct api_request *request);
void me_passkey_rename(struct api_request *request);
extern const struct shape passkey_name_shape;
/* True of who sets up the first of what proves them. */
bool factors_may_begin(const struct api_request *request);
extern const struct shape me_name_shape, me_shape, totp_shape, recovery_codes_shape;

/* email_changes.c */
void me_email_ask(struct api_request *request);
void me_email_drop(struct api_request *request);
void email_change_confirm(struct api_request *request);
void email_change_stop(struct api_request *request);
extern const struct shape email_change_shape, email_change_answer_shape;

/* identities.c */
struct identity_out {
    struct str issuer, name;
    bool signs_in;
    int64_t since;
};
/* Which providers know the person of the request, as GET /api/me shows them. */
MUST_USE struct err identities_list(struct api_request *request, struct tx *tx,
                                    struct shape_list *ret_list);
void me_identity_unlink(struct api_request *request);
extern const struct shape_field identity_item;
extern const struct shape identity_unlink_query_shape;

/* proofs.c */
void session_prove_totp(struct api_request *request);
void session_prove_recovery(struct api_request *request);
void session_passkey_options(struct api_request *request);
void session_prove_passkey(struct api_request *request);
void sign_in_passkey_options(struct api_request *request);
void sign_in_passkey(struct api_request *request);
void session_switch_house(struct api_request *request);
extern const struct shape proof_code_shape, session_switch_shape;

/* oidc.c */
void sign_in_oidc(struct api_request *request);
void sign_in_oidc_answer(struct api_request *request);
void me_identity_link(struct api_request *request);
extern const struct shape identity_link_shape;
bool oidc_answer_scan(struct str query, void *ret_query);
extern const struct shape oidc_begin_query_shape, oidc_answer_query_shape;

/* passwords.c */
/* Counts an attempt; replies and returns false when too many came from there. */
MUST_USE bool may_try_to_come_in(struct api_request *request);
void sign_in_password(struct api_request *request);
void sign_in_reset(struct api_request *request);
void sign_in_reset_complete(struct api_request *request);
void me_password_set(struct api_request *request);
extern const struct shape password_sign_in_shape, password_set_shape;
extern const struct shape password_reset_shape, password_reset_complete_shape;

#endif
