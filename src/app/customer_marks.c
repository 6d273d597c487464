#include "app/customer_marks.h"

#include "store/customer_mark.h"
#include "store/payment_method.h"
#include "store/person.h"

enum { BATCH = 200 };

static struct err mark_method(struct tx *tx, const struct customer_unmarked *left) {
    struct payment_method_row row;
    bool is_found = false;
    TRY(payment_method_get(tx, left->user_id, left->id, &row, &is_found));
    return customer_mark_method(tx, left->user_id, left->id, is_found ? row.last4 : STR(""));
}

static struct err mark_person(struct tx *tx, const struct customer_unmarked *left) {
    struct person_row row;
    bool is_found = false;
    TRY(person_get(tx, left->id, &row, &is_found));
    return customer_mark_person(tx, left->id, is_found ? row.email : STR(""));
}

struct err customer_marks_run(struct tx *tx, bool *ret_has_more) {
    struct row_list methods;
    struct row_list people;
    TRY(customer_mark_methods_left(tx, BATCH, &methods));
    TRY(customer_mark_people_left(tx, BATCH, &people));
    for (size_t i = 0; i < methods.count; i++) {
        TRY(mark_method(tx, (const struct customer_unmarked *)methods.items + i));
    }
    for (size_t i = 0; i < people.count; i++) {
        TRY(mark_person(tx, (const struct customer_unmarked *)people.items + i));
    }
    *ret_has_more = methods.count == BATCH || people.count == BATCH;
    return OK;
}

struct err customer_marks_due_at(struct tx *tx, struct instant *ret_at) {
    struct row_list methods;
    struct row_list people;
    TRY(customer_mark_methods_left(tx, 1, &methods));
    TRY(customer_mark_people_left(tx, 1, &people));
    bool has_left = methods.count > 0 || people.count > 0;
    *ret_at = has_left ? (struct instant){cx_now_ms(tx->cx)} : INSTANT_MAX;
    return OK;
}
