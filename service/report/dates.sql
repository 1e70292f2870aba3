-- What a column with dates says, whatever its form. Day and month aren't guessed where they could be swapped (3/4/2024),
-- and a date is taken as it is written, in its own time zone.
CREATE MACRO written_day(t) AS coalesce(
  CASE WHEN regexp_matches(t, '^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?$')
    THEN try_strptime(translate(regexp_extract(t, '^[^T ]+'), '/.', '--'), '%Y-%m-%d') END,
  CASE WHEN regexp_matches(t, '^\d{4}[-/.]\d{1,2}$')
    THEN try_strptime(translate(t, '/.', '--') || '-01', '%Y-%m-%d') END,
  CASE WHEN regexp_matches(t, '^\d{8}$') THEN try_strptime(t, '%Y%m%d') END,
  CASE WHEN regexp_matches(t, '^\d{9,10}(\.\d+)?$') THEN make_timestamp(CAST(trunc(CAST(t AS DOUBLE)) AS BIGINT) * 1000000) END,
  CASE WHEN regexp_matches(t, '^\d{12,13}$') THEN make_timestamp(CAST(t AS BIGINT) * 1000) END,
  try_strptime(
    regexp_replace(
      regexp_extract(t, '^(?:[A-Za-z]{3,9},? +)?(\d{1,2} [A-Za-z]{3}[a-z]*\.?,? \d{4})\b', 1),
      '^(\d+) ([A-Za-z]{3})[a-z]*\.?,? (\d+)$', '\1 \2 \3'),
    '%d %b %Y'),
  try_strptime(
    regexp_replace(
      regexp_extract(t, '^(?:[A-Za-z]{3,9},? +)?([A-Za-z]{3}[a-z]*\.? \d{1,2},? \d{4})\b', 1),
      '^([A-Za-z]{3})[a-z]*\.? (\d+),? (\d+)$', '\2 \1 \3'),
    '%d %b %Y')
);
CREATE MACRO sensible_day(t) AS CASE WHEN year(written_day(t)) BETWEEN 1900 AND 2100 THEN written_day(t) END;
CREATE MACRO month_of(t) AS strftime(sensible_day(trim(t)), '%Y-%m');
CREATE MACRO year_of(t) AS CASE
  WHEN regexp_matches(trim(t), '^(19|20)\d\d$') THEN trim(t)
  ELSE strftime(sensible_day(trim(t)), '%Y') END;
