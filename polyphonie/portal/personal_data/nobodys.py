"""Which fields are public, and nobody's?"""

from polyphonie.portal.personal_data.kinds import Kept, Nature

NOBODYS = (
    Kept(
        Nature.PUBLIC,
        (
            "accounts.Organisation: id name name_key slug kind verified_on created_on",
            "opendata.Import: id process number format source_name source_sha256 votes_sha256 state first_number last_number "
            "leaf_hash is_public report started_at finished_at",
            "figures.StatedFigure: id process key rank value qualifier label definition source",
            "moderation.Case: id process number contribution annotation state severity flags revision opened_at decided_at "
            "words_forgotten_on",
            "moderation.CaseSeries: process last_number",
            "moderation.Flag: id case ground flagged_at",
            "moderation.Hearing: id case ground notified_at due_at replied_at",
            "moderation.CharterReason: id process ground article sentence",
            "moderation.StatementOfReasons: id ground article sentence forgotten_on made_at contest_until",
            "moderation.Decision: id case contribution annotation act ground statement hearing is_bulk actor decided_at "
            "confirm_before "
            "confirmed_at ended_at",
            "moderation.SealedText: id decision consultation",
            "moderation.Appeal: id decision party lodged_at outcome actor judged_at",
            "consultation.OpinionAnalysis: id consultation computed_at result",
            "consultation.Batch: id consultation number sealed_at voters leaves is_small",
            "consultation.ImportedVote: id import_number line contribution voter revision position source_key",
            "consultation.Opening: id contribution leaf_position revision position salt nonce_hash",
            "opendata.Copy: id process document",
            "opendata.KeptFile: id process name content",
            "contributions.Contribution: id process consultation number kind nature section about about_kind side speaks_for "
            "author_kind was_verified origin origin_address revision status status_ground status_since accepted_on fate "
            "fate_reason fate_address agree mixed disagree imported_agree imported_mixed imported_disagree declared_votes "
            "arguments_for arguments_against sources completions order_voters order_draw order_supported order_divisive "
            "source_id",
            "contributions.Fate: id contribution number fate reason address decided_by decided_at salt leaf_hash",
            "contributions.Revision: id contribution number reason stood_in salt author_salt leaf_hash agree mixed disagree",
            "processes.Process: id slug title tagline introduction hashtag initiative organiser licence charter who_decides "
            "what_becomes feedback_due_on feedback_given_on legal_basis asks_consent synthesis_planned appeal_body "
            "is_demonstration is_archive is_taken_over copied_from key_lost_on is_listed last_number syntheses version log "
            "created_on "
            "incident_on incident_from_at",
            "processes.Referral: id process kind number issuer addressee received_on deadline_on text questions version",
            "processes.Milestone: id process from_on until_on precision title",
            "processes.Theme: id process number title presentation version",
            "processes.Consultation: id process theme slug rank title presentation questions has_diagnoses state opens_at "
            "closes_at is_under_crpa deadline_derogation closing_told_for is_imported "
            "review_until review_reason config_leaf version drawn_on "
            "proposals "
            "texts votes voters synthesis_version new_voters",
            "processes.RulesInForce: id consultation document salt leaf_hash since_at",
            "processes.Extension: id consultation previous_closes_at closes_at reason decided_at",
            "annotations.Document: id process kind slug title opens_at closes_at final_at last_number",
            "annotations.DocumentVersion: id document number blocks published_at",
            "annotations.Annotation: id document number discussion written_on speaks_for status status_ground status_since "
            "masked_on answer answer_reason answered_by answered_at answered_in salt author_salt leaf_hash",
            "annotations.SearchText: id document block rank words",
            "annotations.Anchor: id annotation version block start end exact prefix suffix is_detached",
            "synthesis.Synthesis: id consultation document state introduction columns edition reading_asked_at reading_asked_by",
            "synthesis.Writer: id synthesis actor",
            "synthesis.Topic: id synthesis key rank label",
            "synthesis.Statement: id synthesis key topic column position rank text is_linking evidence edition edited_by "
            "edited_at",
            "synthesis.PastStatement: id synthesis key edition topic column position is_linking text citations is_removed "
            "edited_by edited_at",
            "synthesis.Citation: id statement contribution revision field start end rank qualifier is_repaired",
            "synthesis.KeptPassage: id synthesis contribution revision field start end kept_by kept_at",
            "synthesis.Reading: id synthesis contribution revision replies topic same_as read_by read_at",
            "synthesis.SettledDoubt: id synthesis check_name marks reason settled_by settled_at",
            "synthesis.UncitedReason: id synthesis contribution fate reason given_by given_at",
            "synthesis.Review: id synthesis reviewer body content_hash checklist remarks is_favourable reviewed_at",
            "synthesis.SynthesisVersion: id synthesis number content content_hash coverage representation changes "
            "document_version published_by published_at told_up_to leaf_hash",
            "synthesis.DecidedSuggestion: id synthesis kind texts places mark is_accepted topic decided_by decided_at",
            "synthesis.Presorted: id synthesis contribution topic same_as decision",
            "synthesis.Measure: id synthesis kind basis result read_at",
            "synthesis.PublishedCitation: id version contribution revision field start end statement rank qualifier",
            "processes.Act: id process consultation kind actor document salt leaf_hash happened_at",
            "processes.ProgressUpdate: id process title body role number is_feedback texts votes published_at",
            "ledger.Log: id origin size frontier is_copy",
            "ledger.Entry: id log kind leaf leaf_hash position",
            "ledger.Checkpoint: id log size root note sealed_at is_close",
            "ledger.KeyFingerprint: id name fingerprint",
            "auth.Permission: id name content_type codename",
            "auth.Group: id name",
            "contenttypes.ContentType: id app_label model",
        ),
    ),
)
