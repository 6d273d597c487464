#include "app/feedback_roadmap.h"

#include "app/audit.h"

static struct str facts(struct tx *tx, const struct roadmap_link_row *row) {
    struct str status = str_from_cstr(roadmap_name((enum roadmap)row->status));
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("title", row->title), AUDIT_TEXT("url", row->url),
                       AUDIT_TEXT("status", status));
}

static struct err run_set(struct command *command, struct tx *tx) {
    struct roadmap_set *set = (struct roadmap_set *)command;
    struct roadmap_link_row before;
    bool is_heard = false;
    bool was_linked = false;
    TRY(feedback_theme_is_heard(tx, set->row.theme, &is_heard));
    command->outcome = is_heard ? OUTCOME_DONE : OUTCOME_FEEDBACK_NOT_HEARD;
    if (!is_heard) {
        return OK;
    }
    TRY(roadmap_link_get(tx, set->row.theme, &before, &was_linked));
    set->row.linked_at = cx_now_ms(tx->cx);
    struct roadmap_link_row row = set->row;
    row.linked_by = audit_actor_id(tx);
    audit_say(tx, &(struct audit_said){.object = row.theme,
                                       .before = was_linked ? facts(tx, &before) : STR(""),
                                       .after = facts(tx, &row)});
    return roadmap_link_put(tx, &row);
}

void roadmap_set(struct app *app, struct roadmap_set *set) {
    set->command.run = run_set;
    set->command.after = NULL;
    command_submit(app, &set->command);
}

static struct err run_unset(struct command *command, struct tx *tx) {
    const struct roadmap_unset *unset = (const struct roadmap_unset *)command;
    struct roadmap_link_row before;
    bool was_linked = false;
    TRY(roadmap_link_get(tx, unset->theme, &before, &was_linked));
    command->outcome = was_linked ? OUTCOME_DONE : OUTCOME_FEEDBACK_NOT_LINKED;
    if (!was_linked) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = unset->theme, .before = facts(tx, &before)});
    return roadmap_link_drop(tx, unset->theme);
}

void roadmap_unset(struct app *app, struct roadmap_unset *unset) {
    unset->command.run = run_unset;
    unset->command.after = NULL;
    command_submit(app, &unset->command);
}

struct err roadmap_links_read(struct tx *tx, struct row_list *ret_list) {
    return roadmap_link_list(tx, ROADMAP_LINKS_MAX, ret_list);
}
