/* /api/billing/tax-ids: the customer's numbers with tax offices. */
#include "api/billing_resources.h"
#include "api/resources.h"

#include "app/tax_id.h"

struct tax_ids_out {
    struct str data;
};
static const struct shape_field tax_ids_fields[] = {
    {"data",
     "[{id, type, value, country, verification}]; verification is Stripe's word: pending, "
     "verified, "
     "unverified or unavailable",
     SHAPE_JSON, .offset = offsetof(struct tax_ids_out, data)},
};
const struct shape tax_ids_shape =
    SHAPE("TaxIds", "A customer's numbers with tax offices", struct tax_ids_out, tax_ids_fields);

/* Those of STRIPE_API_VERSION (https://docs.stripe.com/billing/customer/tax-ids). */
static const char *const types[] = {
    "ad_nrt",    "ae_trn",    "al_tin",   "am_tin",   "ao_tin",  "ar_cuit",    "au_abn",
    "au_acn",    "au_arn",    "au_wpn",   "aw_tin",   "az_tin",  "ba_tin",     "bb_tin",
    "bd_bin",    "bf_ifu",    "bg_uic",   "bh_vat",   "bj_ifu",  "bo_tin",     "br_cnpj",
    "br_cpf",    "bs_tin",    "bw_vat",   "by_tin",   "ca_bn",   "ca_gst_hst", "ca_pst_bc",
    "ca_pst_mb", "ca_pst_sk", "ca_qst",   "cd_nif",   "ch_uid",  "ch_vat",     "ci_vat",
    "cl_tin",    "cm_niu",    "cn_tin",   "co_nit",   "cr_tin",  "cv_nif",     "cz_dic",
    "de_stn",    "do_rcn",    "ec_ruc",   "eg_tin",   "es_cif",  "et_tin",     "eu_oss_vat",
    "eu_vat",    "fo_vat",    "fr_siren", "fr_siret", "fr_spi",  "gb_vat",     "ge_vat",
    "gh_tin",    "gi_tin",    "gn_nif",   "hk_br",    "hr_oib",  "hu_tin",     "ic_nif",
    "id_npwp",   "il_vat",    "in_gst",   "is_kt",    "is_vat",  "it_cf",      "jp_cn",
    "jp_rn",     "jp_trn",    "ke_pin",   "kg_tin",   "kh_tin",  "kr_brn",     "kz_bin",
    "la_tin",    "li_uid",    "li_vat",   "lk_vat",   "ma_vat",  "md_cf",      "md_vat",
    "me_pib",    "mk_vat",    "mr_nif",   "mu_vat",   "mx_rfc",  "my_frp",     "my_itn",
    "my_sst",    "mz_nuit",   "ng_tin",   "no_vat",   "no_voec", "np_pan",     "nz_bn",
    "nz_gst",    "om_vat",    "pe_ruc",   "ph_tin",   "pl_nip",  "pt_nif",     "py_ruc",
    "ro_tin",    "rs_pib",    "ru_inn",   "ru_kpp",   "sa_vat",  "sg_gst",     "sg_uen",
    "si_tin",    "sm_coe",    "sn_ninea", "sr_fin",   "sv_nit",  "th_vat",     "tj_tin",
    "tr_tin",    "tt_bir",    "tt_vat",   "tw_vat",   "tz_vat",  "ua_vat",     "ug_tin",
    "us_ein",    "uy_ruc",    "uz_tin",   "uz_vat",   "ve_rif",  "vn_tin",     "za_vat",
    "zm_tin",    "zw_tin",    NULL};

struct tax_id_in {
    int type; /* index into `types` */
    struct str value;
};
static const struct shape_field tax_id_in_fields[] = {
    {"type", "Stripe's word for the kind of number", SHAPE_ENUM,
     .offset = offsetof(struct tax_id_in, type), .names = types},
    {"value", "The number, as DE123456789", SHAPE_STR, .offset = offsetof(struct tax_id_in, value),
     .min = 2, .max = 64, .flags = SHAPE_IDENTIFIER | SHAPE_PERSONAL},
};
const struct shape tax_id_in_shape =
    SHAPE("TaxIdRequest", "A number to be added", struct tax_id_in, tax_id_in_fields);

static void reply_tax_ids(struct api_request *request, int status) {
    struct tx tx = request_read(request);
    struct tax_ids_out out;
    bool is_found = false;
    if (reply_if_failed(request, tax_ids_read(&tx, request->user_id, &out.data, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    reply_value(request, status, &tax_ids_shape, &out);
}

void tax_ids_show(struct api_request *request) {
    reply_tax_ids(request, 200);
}

static void added(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_tax_ids(request, 201);
}

void tax_ids_add(struct api_request *request) {
    const struct tax_id_in *in = request->body;
    request_operation(request,
                      &(struct operation_request){.kind = OPERATION_TAX_ID_ADD,
                                                  .tier = -1,
                                                  .interval = -1,
                                                  .tax_id_type = str_from_cstr(types[in->type]),
                                                  .tax_id_value = in->value},
                      added);
}

static void removed(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_tax_ids(request, 200);
}

void tax_ids_remove(struct api_request *request) {
    request_operation(request,
                      &(struct operation_request){.kind = OPERATION_TAX_ID_REMOVE,
                                                  .tier = -1,
                                                  .interval = -1,
                                                  .tax_id = request->values[0]},
                      removed);
}
