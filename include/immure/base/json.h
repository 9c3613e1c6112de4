/* Writing JSON. Texts are escaped as for a terminal, so that what is written is valid
 * UTF-8 without a control character, whatever they hold. */
#ifndef IMMURE_BASE_JSON_H
#define IMMURE_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

/* Where it goes. `out` may fail: whoever closes it finds out. */
struct json {
	struct arena *arena;		/* for the escaped texts */
	FILE *out;
	bool comma;			/* something stands in this object or list already */
};

/* A value with its key or, in a list, with NULL for a key. A text that is NULL is the
 * value null. */
void json_text(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* An object or a list begins, with its key as above, and ends. */
void json_object(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_list(struct json *json, const char *key);
void json_list_end(struct json *json);

#endif
