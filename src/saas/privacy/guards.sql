-- A firm is erased by its owner's word only, after thirty days, and once its archive is sealed. The days are counted
-- here: no program that runs as the application can shorten them.
CREATE OR REPLACE FUNCTION departures_grace() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  after_erasure text[] := '{owner_email,archive_until,archive_rule,destroyed_at}';
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'where an archive is stays written down' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.erased_at IS NOT NULL THEN
    IF to_jsonb(NEW) - after_erasure IS DISTINCT FROM to_jsonb(OLD) - after_erasure OR OLD.destroyed_at IS NOT NULL THEN
      RAISE EXCEPTION 'this firm is erased' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.archive_until < OLD.archive_until OR NEW.archive_until IS NULL THEN
      RAISE EXCEPTION 'an archive is kept as long as it was promised, or longer' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.destroyed_at IS NOT NULL AND current_date <= NEW.archive_until THEN
      RAISE EXCEPTION 'the term of this archive is not over' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' OR (NEW.asked_at, NEW.erase_after) IS DISTINCT FROM (OLD.asked_at, OLD.erase_after) THEN
    IF NEW.asked_at NOT BETWEEN now() - interval '1 day' AND now() + interval '1 day'
       OR NEW.erase_after < NEW.asked_at + interval '30 days' THEN
      RAISE EXCEPTION 'a firm has thirty days to change its mind' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS departures_grace ON departures;
CREATE TRIGGER departures_grace BEFORE INSERT OR UPDATE OR DELETE ON departures
  FOR EACH ROW EXECUTE FUNCTION departures_grace();

CREATE OR REPLACE FUNCTION erase_firm(leaving uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET session_replication_role = replica AS $$
BEGIN
  PERFORM 1 FROM public.departures WHERE id = leaving AND cancelled_at IS NULL AND erased_at IS NULL
    AND erase_after <= now() AND archive_sha256 <> '' FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this firm is not to be erased: nobody asked, the days run, or there is no archive'
      USING ERRCODE = 'check_violation';
  END IF;
  IF nullif(current_setting('app.firm_id', true), '')::uuid IS DISTINCT FROM leaving THEN
    RAISE EXCEPTION 'a firm is erased from inside' USING ERRCODE = 'check_violation';
  END IF;
  RETURN public.erase_rows_of(leaving);
END $$;
REVOKE ALL ON FUNCTION erase_firm(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_firm(uuid) TO qz_app;

-- Whether a survey asked this in words: scores and choices stay, words go.
CREATE OR REPLACE FUNCTION asked_in_words(questions jsonb, name text) RETURNS boolean LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM jsonb_array_elements(questions) AS q WHERE q ->> 'name' = name AND q ->> 'kind' = 'text')
$$;

-- Records that are past their time: what no program may change otherwise (scores, exams, a client's words) goes here, by
-- kind, in the scope of its firm, and never sooner than the law lets it go. Gives the files that went with it.
CREATE OR REPLACE FUNCTION end_records(what text, before timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET session_replication_role = replica AS $$
DECLARE
  firm uuid := nullif(current_setting('app.firm_id', true), '')::uuid;
  gone uuid[];
  each text;
  n bigint;
  done bigint := 0;
  papers text[] := '{}';
BEGIN
  IF firm IS NULL OR current_setting('app.scope', true) IS DISTINCT FROM 'firm' THEN
    RAISE EXCEPTION 'records are ended from inside their firm' USING ERRCODE = 'check_violation';
  END IF;
  IF before > now() - interval '3 years' + interval '1 day' THEN
    RAISE EXCEPTION 'these records are kept for three years' USING ERRCODE = 'check_violation';
  END IF;
  gone := ARRAY(SELECT id FROM public.memberships WHERE firm_id = firm AND left_at < before);
  IF what = 'staff' THEN
    papers := ARRAY(SELECT file_sha256 FROM public.certificates WHERE firm_id = firm AND member_id = ANY (gone)
             UNION SELECT file_sha256 FROM public.credit_entries WHERE firm_id = firm AND member_id = ANY (gone));
    DELETE FROM public.exam_items i USING public.exam_attempts a
     WHERE i.firm_id = firm AND a.firm_id = firm AND a.id = i.attempt_id AND a.member_id = ANY (gone);
    GET DIAGNOSTICS done = ROW_COUNT;
    FOREACH each IN ARRAY ARRAY['course_assignments', 'certificates', 'exam_reopenings', 'exam_attempts', 'lesson_reads',
      'credit_entries', 'session_attendances', 'role_plays', 'library_uses', 'team_skill_marks', 'qualifications',
      'notifications'] LOOP
      EXECUTE format('DELETE FROM public.%I WHERE firm_id = $1 AND member_id = ANY ($2)', each) USING firm, gone;
      GET DIAGNOSTICS n = ROW_COUNT;
      done := done + n;
    END LOOP;
    UPDATE public.memberships SET email = '', phone = ''
     WHERE firm_id = firm AND id = ANY (gone) AND (email <> '' OR phone <> '');
    GET DIAGNOSTICS n = ROW_COUNT;
    done := done + n;
  ELSIF what = 'pay' THEN
    papers := ARRAY(SELECT f ->> 'sha256' FROM public.pay_entries p, jsonb_array_elements(p.files) AS f
                    WHERE p.firm_id = firm AND p.member_id = ANY (gone));
    FOREACH each IN ARRAY ARRAY['score_disputes', 'score_lines'] LOOP
      EXECUTE format('DELETE FROM public.%I l USING public.scorecards c WHERE l.firm_id = $1 AND c.firm_id = $1'
        ' AND c.id = l.card_id AND c.member_id = ANY ($2)', each) USING firm, gone;
      GET DIAGNOSTICS n = ROW_COUNT;
      done := done + n;
    END LOOP;
    FOREACH each IN ARRAY ARRAY['pay_entries', 'scorecards'] LOOP
      EXECUTE format('DELETE FROM public.%I WHERE firm_id = $1 AND member_id = ANY ($2)', each) USING firm, gone;
      GET DIAGNOSTICS n = ROW_COUNT;
      done := done + n;
    END LOOP;
  ELSIF what = 'words' THEN
    UPDATE public.survey_answers a SET text = '', "values" = (
        SELECT coalesce(jsonb_object_agg(v.key, v.value), '{}') FROM jsonb_each(a."values") AS v
         WHERE NOT public.asked_in_words(s.questions, v.key))
      FROM public.surveys s
     WHERE a.firm_id = firm AND s.firm_id = firm AND s.id = a.survey_id AND a.at < before
       AND (a.text <> '' OR EXISTS (SELECT 1 FROM jsonb_object_keys(a."values") AS k
                                     WHERE public.asked_in_words(s.questions, k)));
    GET DIAGNOSTICS done = ROW_COUNT;
    DELETE FROM public.reviews WHERE firm_id = firm AND recorded_at < before
       AND (published_at IS NULL OR withdrawn_at < before);
    GET DIAGNOSTICS n = ROW_COUNT;
    done := done + n;
  ELSIF what = 'incidents' THEN
    UPDATE public.incident_calls c SET caller = '', callee = '已删除', phone = '', deputy = '', deputy_phone = ''
      FROM public.incidents i WHERE c.firm_id = firm AND i.firm_id = firm AND i.id = c.incident_id
       AND i.closed_at < before AND c.callee <> '已删除';
    GET DIAGNOSTICS done = ROW_COUNT;
    UPDATE public.incident_entries e SET by_name = ''
      FROM public.incidents i WHERE e.firm_id = firm AND i.firm_id = firm AND i.id = e.incident_id
       AND i.closed_at < before AND e.by_name <> '';
    GET DIAGNOSTICS n = ROW_COUNT;
    done := done + n;
    UPDATE public.drill_parts p SET name = '已删除'
      FROM public.drills d WHERE p.firm_id = firm AND d.firm_id = firm AND d.id = p.drill_id
       AND d.ended_at < before AND p.name <> '已删除';
    GET DIAGNOSTICS n = ROW_COUNT;
    done := done + n;
  ELSE
    RAISE EXCEPTION 'no such kind of record: %', what USING ERRCODE = 'check_violation';
  END IF;
  RETURN jsonb_build_object('done', done, 'files', to_jsonb(papers));
END $$;
REVOKE ALL ON FUNCTION end_records(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_records(text, timestamptz) TO qz_app;
