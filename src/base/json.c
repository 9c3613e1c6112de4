#include <inttypes.h>
#include <string.h>

#include <immure/base/json.h>
#include <immure/base/text.h>

static void put_text(const struct json *json, const char *text)
{
	(void)fputc('"', json->out);
	for (text = text_escaped(json->arena, text); *text; text++)
		(void)fprintf(json->out, "%s%c", strchr("\"\\", *text) ? "\\" : "", *text);
	(void)fputc('"', json->out);
}

/* What comes next, with its key or, in a list, without. */
static void next(struct json *json, const char *key)
{
	(void)fputs(json->comma ? "," : "", json->out);
	json->comma = true;
	if (!key)
		return;
	put_text(json, key);
	(void)fputc(':', json->out);
}

void json_text(struct json *json, const char *key, const char *value)
{
	next(json, key);
	if (value)
		put_text(json, value);
	else
		(void)fputs("null", json->out);
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	next(json, key);
	(void)fprintf(json->out, "%" PRIu64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	next(json, key);
	(void)fputs(value ? "true" : "false", json->out);
}

void json_null(struct json *json, const char *key)
{
	json_text(json, key, NULL);
}

static void begin(struct json *json, const char *key, char bracket)
{
	next(json, key);
	(void)fputc(bracket, json->out);
	json->comma = false;
}

static void end(struct json *json, char bracket)
{
	(void)fputc(bracket, json->out);
	json->comma = true;
}

void json_object(struct json *json, const char *key)
{
	begin(json, key, '{');
}

void json_object_end(struct json *json)
{
	end(json, '}');
}

void json_list(struct json *json, const char *key)
{
	begin(json, key, '[');
}

void json_list_end(struct json *json)
{
	end(json, ']');
}
