/* /api/admin/audit/…: rows looked at once more, and proofs of single rows for somebody else. */
#include "api/admin_resources.h"

#include "app/audit_prove.h"
#include "app/audit_range.h"

/* --- a range --- */

struct finding_out {
    struct str chain, id, fault, what;
    int64_t seq;
};
struct verification_out {
    struct page page; /* first */
    int64_t rows, signed_rows;
    bool is_sound;
};

#define AT(member) offsetof(struct finding_out, member)
static const struct shape_field finding_fields[] = {
    {"id", "Of the row", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"chain", "Whose chain: a userId; empty: the operators'", SHAPE_STR, .offset = AT(chain),
     .max = LIMIT_USER_ID},
    {"seq", "In the chain", SHAPE_I64, .offset = AT(seq)},
    {"fault",
     "missing: the row before it is not there; moved, changed, broken, indexed, forked: as "
     "turnpike audit verify has them",
     SHAPE_STR, .offset = AT(fault), .max = 16},
    {"what", "In words", SHAPE_STR, .offset = AT(what), .max = 200},
};
#undef AT
static const struct shape finding_shape =
    SHAPE("AuditFinding", "A row that is not sound", struct finding_out, finding_fields);
static const struct shape_field finding_item = {.kind = SHAPE_OBJECT, .of = &finding_shape};

#define AT(member) offsetof(struct verification_out, member)
static const struct shape_field verification_fields[] = {
    {"rows", "That were looked at", SHAPE_I64, .offset = AT(rows)},
    {"signedRows", "Of these, covered by a checkpoint; the next one is made within the hour",
     SHAPE_I64, .offset = AT(signed_rows)},
    {"isSound", "Nothing was found", SHAPE_BOOL, .offset = AT(is_sound)},
    {"data", "What was found, the newest first", SHAPE_LIST, .offset = AT(page.data),
     .max = AUDIT_RANGE_MAX, .item = &finding_item, .item_size = sizeof(struct finding_out)},
    PAGE_CURSOR_FIELD,
};
#undef AT
const struct shape audit_verification_shape =
    SHAPE("AuditVerification", "Rows of the audit log, looked at once more",
          struct verification_out, verification_fields);

static void reply_range(struct api_request *request, const struct audit_range *range) {
    struct finding_out *out = arena_array(request->arena, range->count, sizeof *out);
    for (size_t i = 0; out != NULL && i < range->count; i++) {
        const struct audit_range_finding *finding = &range->findings[i];
        out[i] = (struct finding_out){
            .chain = finding->chain,
            .id = finding->id,
            .seq = finding->seq,
            .fault = str_from_cstr(audit_fault_name(finding->fault)),
            .what = str_from_cstr(audit_fault_text(finding->fault)),
        };
    }
    struct verification_out answer = {
        .page = {{out, out == NULL ? 0 : range->count}, text_or_null(range->next)},
        .rows = range->rows,
        .signed_rows = range->signed_rows,
        .is_sound = range->count == 0,
    };
    reply_value(request, 200, &audit_verification_shape, &answer);
}

void audit_verification_get(struct api_request *request) {
    struct audit_range range = {.max = AUDIT_RANGE_MAX};
    struct tx tx = request_read(request);
    if (audit_filter_read(request, &range.filter) &&
        !reply_if_failed(request, audit_range_verify(&tx, &range))) {
        reply_range(request, &range);
    }
}

/* --- a proof --- */

void audit_proof_get(struct api_request *request) {
    struct tx tx = request_read(request);
    struct audit_proof *proof = ARENA_NEW(request->arena, struct audit_proof);
    struct str id = request->values[0];
    bool is_found = false;
    if (proof == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!id_is(id, "audt")) {
        reply_problem(request, PROBLEM_AUDIT_ROW_NOT_FOUND);
        return;
    }
    if (reply_if_failed(request, audit_prove(&tx, id, proof, &is_found))) {
        return;
    }
    if (!is_found) {
        bool is_unsigned = proof->row.len > 0;
        reply_problem(request,
                      is_unsigned ? PROBLEM_AUDIT_ROW_UNSIGNED : PROBLEM_AUDIT_ROW_NOT_FOUND);
        return;
    }
    struct http_response response = {.status = 200, .body = audit_proof_text(tx.cx, proof)};
    http_add_header(&response, STR("Content-Type"), STR("application/json"));
    http_add_header(&response, STR("Content-Disposition"),
                    arena_printf(request->arena, "attachment; filename=\"proof-" STR_FMT ".json\"",
                                 STR_ARG(id)));
    reply_as(request, HEADERS_DOWNLOAD, &response);
}
