/* The handlers and shapes of experiments, /api/admin/experiments; as api/resources.h. */
#ifndef API_EXPERIMENT_RESOURCES_H
#define API_EXPERIMENT_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/experiment.h"

/* experiments.c */
void experiments_list(struct api_request *request);
void experiments_post(struct api_request *request);
void experiments_get(struct api_request *request);
void experiments_put(struct api_request *request);
void experiments_move(struct api_request *request);
extern const struct shape experiment_shape, experiments_shape, experiment_in_shape;
extern const struct shape experiment_move_shape;
/* False, with a reply, when there is no such experiment. */
MUST_USE bool find_experiment(struct api_request *request, struct experiment *ret);

/* experiment_units.c */
enum { EXPERIMENT_IMPORT_BODY = 512 * 1024 }; /* of as many units as are taken at once */
void experiment_units_list(struct api_request *request);
void experiment_units_import(struct api_request *request);
void experiment_overrides_put(struct api_request *request);
extern const struct shape experiment_units_shape, experiment_units_query_shape;
extern const struct shape experiment_import_shape, experiment_imported_shape;
extern const struct shape experiment_override_shape;

/* experiment_matches.c */
void experiment_matches_post(struct api_request *request);
bool experiment_match_only_asks(const struct api_request *request);
extern const struct shape experiment_match_shape, experiment_match_query_shape;
extern const struct shape experiment_matched_shape;

/* experiment_results.c */
void experiment_results_get(struct api_request *request);
extern const struct shape experiment_results_shape;

#endif
