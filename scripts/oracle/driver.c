/*
 * The other side of `npm run oracle` and `npm run bench:uper`: asn1c's code for our printed schema.
 *
 *   driver check   records on standard input: type, octets, XER length (32 bits each, little
 *                  endian), the octets, the XER text. One line for each: `same`, or what differs.
 *   driver bench   records: operation, iterations, type, inner type (-1: none), octets; then the
 *                  octets. One line for each: nanoseconds of the processor for all, and octets written.
 *
 * The table of types is written beside this file by build.ts.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <OCTET_STRING.h>
#include <per_decoder.h>
#include <per_encoder.h>
#include <xer_encoder.h>
#include "oracle-types.h"

/* Above any message: the longest input of Lukou is 4 MiB. */
#define OCTETS_MAX (8u << 20)
static uint8_t written[OCTETS_MAX];
static uint8_t inner_written[OCTETS_MAX];

struct text {
  char *at;
  size_t length;
  size_t room;
};

static int append(const void *from, size_t length, void *key) {
  struct text *text = key;
  if (text->length + length + 1 > text->room) {
    text->room = 2 * (text->length + length + 1);
    text->at = realloc(text->at, text->room);
    if (text->at == NULL) abort();
  }
  memcpy(text->at + text->length, from, length);
  text->length += length;
  return 0;
}

static int32_t number(void) {
  uint8_t b[4];
  if (fread(b, 1, 4, stdin) != 4) exit(0);
  return (int32_t)(b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24);
}

static uint8_t *octets(size_t length) {
  uint8_t *at = malloc(length + 1);
  if (at == NULL || fread(at, 1, length, stdin) != length) abort();
  return at;
}

static void *decoded(asn_TYPE_descriptor_t *type, const uint8_t *from, size_t length) {
  void *value = NULL;
  asn_dec_rval_t result = uper_decode_complete(NULL, type, &value, from, length);
  if (result.code == RC_OK && result.consumed == length) return value;
  if (value != NULL) ASN_STRUCT_FREE(*type, value);
  return NULL;
}

/* Octets of a value, at least one; -1 when asn1c refuses it. */
static ssize_t encoded(asn_TYPE_descriptor_t *type, void *value, uint8_t *to) {
  asn_enc_rval_t result = uper_encode_to_buffer(type, value, to, OCTETS_MAX);
  if (result.encoded < 0) return -1;
  ssize_t length = (result.encoded + 7) / 8;
  if (length == 0) { to[0] = 0; length = 1; }
  return length;
}

static void check(void) {
  struct text xer = { NULL, 0, 0 };
  for (;;) {
    asn_TYPE_descriptor_t *type = oracle_types[number()];
    size_t length = (size_t)number();
    size_t xer_length = (size_t)number();
    uint8_t *ours = octets(length);
    uint8_t *our_xer = octets(xer_length);
    void *value = decoded(type, ours, length);
    if (value == NULL) {
      printf("not decoded\n");
    } else {
      ssize_t again = encoded(type, value, written);
      xer.length = 0;
      xer_encode(type, value, XER_F_CANONICAL, append, &xer);
      if (xer.length != xer_length || memcmp(xer.at, our_xer, xer_length) != 0) {
        printf("value %.*s\n", (int)xer.length, xer.at);
      } else if (again != (ssize_t)length || memcmp(written, ours, length) != 0) {
        printf("octets ");
        for (ssize_t i = 0; i < again; i++) printf("%02x", written[i]);
        printf("\n");
      } else {
        printf("same\n");
      }
      ASN_STRUCT_FREE(*type, value);
    }
    free(ours);
    free(our_xer);
  }
}

/* A frame of phase 2: its open type is an octet string here, so the inner message is two steps. */
static OCTET_STRING_t *inner_octets(void *frame) {
#ifdef ORACLE_PHASE2
  return &((MessageFrame_t *)frame)->choice.msgFrameExt.value;
#else
  (void)frame;
  abort();
#endif
}

/* Time of the processor: what else the machine does is not counted. */
static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void bench(void) {
  for (;;) {
    int32_t decode = number();
    int32_t iterations = number();
    asn_TYPE_descriptor_t *type = oracle_types[number()];
    int32_t inner_number = number();
    asn_TYPE_descriptor_t *inner = inner_number < 0 ? NULL : oracle_types[inner_number];
    size_t length = (size_t)number();
    uint8_t *from = octets(length);
    void *value = decoded(type, from, length);
    void *inner_value = NULL;
    OCTET_STRING_t *open = NULL;
    if (value == NULL) abort();
    if (inner != NULL) {
      open = inner_octets(value);
      inner_value = decoded(inner, open->buf, open->size);
      if (inner_value == NULL) abort();
    }
    ssize_t sum = 0;
    uint64_t began = now_ns();
    for (int32_t i = 0; i < iterations; i++) {
      if (decode) {
        void *fresh = decoded(type, from, length);
        if (fresh == NULL) abort();
        if (inner != NULL) {
          OCTET_STRING_t *held = inner_octets(fresh);
          void *fresh_inner = decoded(inner, held->buf, held->size);
          if (fresh_inner == NULL) abort();
          ASN_STRUCT_FREE(*inner, fresh_inner);
        }
        ASN_STRUCT_FREE(*type, fresh);
        sum += (ssize_t)length;
      } else if (inner == NULL) {
        sum += encoded(type, value, written);
      } else {
        uint8_t *kept = open->buf;
        int kept_size = open->size;
        open->size = (int)encoded(inner, inner_value, inner_written);
        open->buf = inner_written;
        sum += encoded(type, value, written);
        open->buf = kept;
        open->size = kept_size;
      }
    }
    uint64_t took = now_ns() - began;
    printf("%llu %ld\n", (unsigned long long)took, (long)(sum / iterations));
    fflush(stdout);
    if (inner_value != NULL) ASN_STRUCT_FREE(*inner, inner_value);
    ASN_STRUCT_FREE(*type, value);
    free(from);
  }
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "check") == 0) check();
  if (count == 2 && strcmp(arguments[1], "bench") == 0) bench();
  fprintf(stderr, "expected check or bench\n");
  return 2;
}
