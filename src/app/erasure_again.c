/* Who was erased after a backup was taken is erased in it as well: their keys are destroyed
 * already, which go with no backup, and here their rows follow, before anybody starts on them. */
#include "app/erasure.h"

#include <string.h>

#include "app/erasure_tell.h"
#include "base/buf.h"
#include "store/erasure.h"
#include "store/person.h"
#include "store/sealed.h"
#include "store/setting.h"

enum { PAGE = 500 };

/* In a file of keys that has stand-ins: in one of an earlier version that there are none means
 * nothing. */
static const char carries_setting[] = "carries_erasures";

/* --- page by page, each in an arena of its own --- */

typedef struct err page_of(struct tx *tx, struct str after, size_t max, struct row_list *ret_list);
/* Item `i` of a page. */
typedef struct err visit(void *context, struct tx *tx, const struct row_list *list, size_t i);

struct walk {
    page_of *page;
    struct str (*name)(const struct row_list *list, size_t i);
    visit *each;
    void *context;
};

static struct err walk_page(struct tx *tx, const struct walk *walk, struct buf *after,
                            size_t *ret_count) {
    struct row_list list;
    TRY(walk->page(tx, buf_str(after), PAGE, &list));
    for (size_t i = 0; i < list.count; i++) {
        TRY(walk->each(walk->context, tx, &list, i));
    }
    if (list.count > 0) {
        buf_clear(after);
        buf_add(after, walk->name(&list, list.count - 1));
    }
    *ret_count = list.count;
    return after->has_failed ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err walk_all(struct tx *tx, const struct walk *walk) {
    struct buf after CLEANUP(buf_finish);
    struct err err = OK;
    size_t count = PAGE;
    buf_init(&after, tx->cx->env, LIMIT_BODY);
    while (!err_failed(err) && count == PAGE) {
        struct arena arena;
        struct cx cx;
        arena_init(&arena, tx->cx->env, LIMIT_REQUEST_ARENA);
        cx_init(&cx, tx->cx->env, &arena);
        struct tx inner = {.cx = &cx, .db = tx->db, .keyring = tx->keyring};
        err = walk_page(&inner, walk, &after, &count);
        memcpy(tx->cx->detail, cx.detail, sizeof tx->cx->detail);
        arena_finish(&arena);
    }
    return err;
}

static struct str name_of_key(const struct row_list *list, size_t i) {
    return ((const struct erased_key_row *)list->items)[i].subject;
}

static struct str name_of_index(const struct row_list *list, size_t i) {
    return ((const struct str *)list->items)[i];
}

/* --- what goes beside the keys --- */

static struct err carry_request(void *context, struct tx *tx, const struct row_list *list,
                                size_t i) {
    struct tx to = {.cx = tx->cx, .db = context, .keyring = NULL};
    struct privacy_request_row row;
    struct privacy_request_row known;
    bool is_found = false;
    bool is_known = false;
    TRY(privacy_request_done(tx, name_of_key(list, i), &row, &is_found));
    if (!is_found) { /* of a person, who leaves none */
        return OK;
    }
    TRY(privacy_request_get(&to, id_str(&row.id), &known, &is_known));
    return is_known ? privacy_request_set(&to, &row) : privacy_request_insert(&to, &row);
}

static struct err carry_requests(struct tx *from, struct tx *to) {
    const struct walk walk = {erased_keys, name_of_key, carry_request, to->db};
    return walk_all(from, &walk);
}

static struct err put_index(void *context, struct tx *tx, const struct row_list *list, size_t i) {
    struct tx to = {.cx = tx->cx, .db = context, .keyring = NULL};
    return suppressed_index_put(&to, name_of_index(list, i));
}

struct err erasure_carry_out(struct tx *from, struct tx *to) {
    const struct walk walk = {suppressed_indexes, name_of_index, put_index, to->db};
    TRY(carry_requests(from, to));
    TRY(walk_all(from, &walk));
    return setting_put(to, carries_setting, STR("1"));
}

/* --- into a restored copy --- */

static struct err drop_index(void *context, struct tx *tx, const struct row_list *list, size_t i) {
    struct tx from = {.cx = tx->cx, .db = context, .keyring = NULL};
    bool has = false;
    TRY(suppressed_index_has(&from, name_of_index(list, i), &has));
    return has ? OK : suppressed_index_delete(tx, name_of_index(list, i));
}

struct err erasure_carry_in(struct tx *from, bool is_all, struct tx *to) {
    const struct walk walk = {suppressed_indexes, name_of_index, drop_index, from->db};
    struct str carries = STR("1");
    TRY(carry_requests(from, to));
    TRY(is_all ? OK : setting_get(from, carries_setting, &carries));
    return carries.len > 0 ? walk_all(to, &walk) : OK;
}

/* --- again --- */

static struct err customer_again(struct tx *tx, const struct erased_key_row *key) {
    struct erasure_counts counts;
    struct privacy_request_row request;
    struct erased_row row;
    bool is_erased = false;
    bool has_request = false;
    TRY(erased_get(tx, key->subject, &row, &is_erased));
    if (is_erased) {
        return OK;
    }
    TRY(erase_rows_of_subject(tx, key->subject));
    TRY(erase_rows_of_customer(tx, key->subject, &counts));
    TRY(privacy_request_done(tx, key->subject, &request, &has_request));
    row = (struct erased_row){key->subject, has_request ? id_str(&request.id) : STR(""), key->at};
    return erased_put(tx, &row);
}

static struct err person_again(struct tx *tx, struct str person_id, bool *has_erased) {
    bool is_there = false;
    TRY(person_is_there(tx, person_id, &is_there));
    *has_erased |= is_there;
    return is_there ? erasure_rows_of_person(tx, person_id) : OK;
}

static struct err erase_again(void *context, struct tx *tx, const struct row_list *list, size_t i) {
    const struct erased_key_row *key = &((const struct erased_key_row *)list->items)[i];
    struct str person_id;
    if (erasure_is_mail_key(key->subject)) {
        return erase_mails_under(tx, key->subject);
    }
    return sealed_is_member(key->subject, &person_id) ? person_again(tx, person_id, context)
                                                      : customer_again(tx, key);
}

struct err erasure_again(struct tx *tx) {
    bool has_erased_people = false;
    const struct walk walk = {erased_keys, name_of_key, erase_again, &has_erased_people};
    TRY(walk_all(tx, &walk));
    /* Their addresses cannot be read any more, so which mails were theirs cannot be told. */
    return has_erased_people ? erase_personal_mails(tx) : OK;
}
