#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/error.h>

/* Where a text of `length` bytes did not fit, say that it was cut. */
static void mark_cut(char *text, size_t size, int length)
{
	if (length >= 0 && (size_t)length >= size)
		memcpy(text + size - sizeof("..."), "...", sizeof("..."));
}

int fail(struct error *err, int code, const char *format, ...)
{
	va_list args;

	err->code = code;
	err->status = 0;
	err->about = 0;
	err->hint[0] = '\0';
	va_start(args, format);
	int length = vsnprintf(err->what, sizeof(err->what), format, args);
	va_end(args);
	mark_cut(err->what, sizeof(err->what), length);
	return -1;
}

int within(struct error *err, const char *format, ...)
{
	char inner[sizeof(err->what)];
	va_list args;

	memcpy(inner, err->what, sizeof(inner));
	va_start(args, format);
	int length = vsnprintf(err->what, sizeof(err->what), format, args);
	va_end(args);
	if (length >= 0 && (size_t)length < sizeof(err->what))
		length += snprintf(err->what + length, sizeof(err->what) - (size_t)length,
				   ": %s", inner);
	mark_cut(err->what, sizeof(err->what), length);
	return -1;
}

int hint(struct error *err, const char *format, ...)
{
	size_t before = strlen(err->hint), start = before;
	va_list args;

	if (start > 0 && start + 1 < sizeof(err->hint))
		err->hint[start++] = '\n';
	va_start(args, format);
	int length = vsnprintf(err->hint + start, sizeof(err->hint) - start, format, args);
	va_end(args);
	/* Half of something to type is worse than nothing. */
	if (length < 0 || start + (size_t)length >= sizeof(err->hint))
		err->hint[before] = '\0';
	return -1;
}

int about(struct error *err, unsigned needs)
{
	err->about |= needs;
	return -1;
}

int with_status(struct error *err, int status)
{
	err->status = status;
	return -1;
}
