"""Names of objects in the two buckets (S3 keys). The only place that spells them.

uploads bucket: `uploads/{upload_id}/source`
media bucket:   `media/{asset_id}/{version}/…` is published, `work/{job_id}/…` expires.
"""

MULTIVARIANT_PLAYLIST = "main.m3u8"
DASH_MANIFEST = "manifest.mpd"
# in a rendition's or audio track's folder
MEDIA_PLAYLIST = "index.m3u8"
IFRAME_PLAYLIST = "iframes.m3u8"
INIT_SEGMENT = "init.mp4"
# relative to the media prefix
IMAGES_FOLDER = "images/"
STORYBOARD_VTT = "images/storyboard.vtt"
STORYBOARD_JSON = "images/storyboard.json"
TRANSCRIPT = "transcript.json"
ANALYSIS = "analysis.json"
# in a text track's folder
CAPTIONS_VTT = "captions.vtt"
CAPTIONS_SRT = "captions.srt"


def segment_name(number: int) -> str:
    """File of one segment in its track's folder."""
    return f"{number:05d}.m4s"


def storyboard_sheet(number: int) -> str:
    """One sprite sheet, relative to the media prefix."""
    return f"images/storyboard-{number}.jpg"


def poster_name(digest: str) -> str:
    """A poster or a candidate, relative to the media prefix; `digest` is of its bytes."""
    return f"{IMAGES_FOLDER}poster-{digest}.jpg"


def preview_name(digest: str) -> str:
    """The moving preview, relative to the media prefix; `digest` is of its bytes."""
    return f"{IMAGES_FOLDER}preview-{digest}.webp"


def chapter_image_name(tile_index: int) -> str:
    """The picture of a chapter, relative to the media prefix: one of the storyboard's tiles."""
    return f"{IMAGES_FOLDER}chapter-{tile_index:05d}.jpg"


def sized_image_key(asset_id: str, version: int, name: str) -> str:
    """A published picture in another size or format, made when it was first asked for."""
    return f"{media_prefix(asset_id, version)}{IMAGES_FOLDER}sized/{name}"


def source_key(upload_id: str) -> str:
    return f"uploads/{upload_id}/source"


def upload_id_of(source_object_key: str) -> str | None:
    """The upload that owns a source object, or None when the key is not a source's."""
    parts = source_object_key.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == "uploads" and parts[2] == "source" else None


def media_prefix(asset_id: str, version: int) -> str:
    """Prefix, with its final slash, of everything published for one asset version."""
    return f"media/{asset_id}/{version}/"


def work_prefix(job_id: str) -> str:
    """Prefix, with its final slash, of a job's intermediate objects."""
    return f"work/{job_id}/"


def media_info_key(job_id: str) -> str:
    return f"{work_prefix(job_id)}media_info.json"


def plan_key(job_id: str) -> str:
    return f"{work_prefix(job_id)}plan.json"


def map_items_key(job_id: str) -> str:
    """JSON array of `MapItem`, read by the Distributed Map's ItemReader."""
    return f"{work_prefix(job_id)}shards.json"


def result_key(job_id: str, kind: str, index: int) -> str:
    """The report of one finished worker order (`kind` is `video` or `audio`)."""
    return f"{work_prefix(job_id)}results/{kind}/{index:05d}.json"


def failure_key(job_id: str) -> str:
    """`{code, message}` of the first permanent error of a worker, for the user."""
    return f"{work_prefix(job_id)}failure.json"


def tile_key(job_id: str, tile_index: int) -> str:
    """One storyboard frame (JPEG), numbered over the whole film."""
    return f"{work_prefix(job_id)}tiles/{tile_index:05d}.jpg"


def poster_candidate_key(job_id: str, shard_index: int, number: int = 0) -> str:
    """One of the larger frames (JPEG) that a shard's decode leaves, counted from 0 in each shard."""
    return f"{work_prefix(job_id)}posters/{shard_index:05d}-{number}.jpg"


def package_summary_key(job_id: str) -> str:
    """`PackageSummary`: what `package` checked and published, for `finish`."""
    return f"{work_prefix(job_id)}package.json"


def images_summary_key(job_id: str) -> str:
    """`ImagesSummary`: what `images` published, for `finish`."""
    return f"{work_prefix(job_id)}images.json"


def partial_result_key(job_id: str, kind: str, index: int) -> str:
    """The report so far of an order that is still running: an `EncodeResult` of a prefix of its segments."""
    return f"{work_prefix(job_id)}results/{kind}/{index:05d}.partial.json"


def results_prefix(job_id: str) -> str:
    """Prefix, with its final slash, of all reports of a job's workers."""
    return f"{work_prefix(job_id)}results/"


def asset_prefix(asset_id: str) -> str:
    """Prefix, with its final slash, of all versions of an asset."""
    return f"media/{asset_id}/"


def vtt_segment_name(number: int) -> str:
    """File of one WebVTT segment in its text track's folder."""
    return f"{number:05d}.vtt"


def text_track_folder(track_id: str, digest: str) -> str:
    """Folder, relative to the media prefix, of one edit of a text track; `digest` is of its content: what is
    there never changes, so that players and caches never mix two edits. No track's id holds a full stop."""
    return f"{track_id}.{digest}"


def text_edition_key(asset_id: str, version: int, track_id: str, edition: int) -> str:
    """`TrackEdition`: one edit of a text track as it was given."""
    return f"{text_editions_prefix(asset_id, version, track_id)}{edition:05d}.json"


def text_editions_prefix(asset_id: str, version: int, track_id: str) -> str:
    """Prefix, with its final slash, of all edits of a text track."""
    return f"{media_prefix(asset_id, version)}{track_id}/"


def text_folders_prefix(asset_id: str, version: int, track_id: str) -> str:
    """Prefix of the folders of all edits of a text track, and of no other track's."""
    return f"{media_prefix(asset_id, version)}{track_id}."


def transcript_key(asset_id: str, version: int) -> str:
    """`Transcript` of the whole film."""
    return f"{media_prefix(asset_id, version)}{TRANSCRIPT}"


def supplied_transcript_key(asset_id: str, version: int) -> str:
    """What is said in the film as its owner wrote it: plain text, to which captions are aligned."""
    return f"{media_prefix(asset_id, version)}supplied.txt"


def analysis_key(asset_id: str, version: int) -> str:
    """`Analysis` of the published version."""
    return f"{media_prefix(asset_id, version)}{ANALYSIS}"


def speech_plan_key(job_id: str) -> str:
    """`SpeechPlan`: how the sound is cut."""
    return f"{work_prefix(job_id)}speech/plan.json"


def speech_chunk_key(job_id: str, index: int) -> str:
    """`Transcript` of one chunk."""
    return f"{work_prefix(job_id)}speech/{index:05d}.json"


def speech_sound_key(job_id: str, index: int) -> str:
    """The sound of one chunk: 16 kHz, mono, signed 16-bit little-endian."""
    return f"{work_prefix(job_id)}speech/{index:05d}.pcm"


def speech_prefix(job_id: str) -> str:
    """Prefix, with its final slash, of everything the captions task keeps; removed before it is done again."""
    return f"{work_prefix(job_id)}speech/"


def speech_audio_key(job_id: str) -> str:
    """The whole sound for Amazon Transcribe: 16 kHz, mono, FLAC; 0 is the output's beginning."""
    return f"{work_prefix(job_id)}speech/sound.flac"


def transcribe_output_key(job_id: str) -> str:
    """What Amazon Transcribe writes of the whole film."""
    return f"{work_prefix(job_id)}speech/transcribe.json"


def captions_summary_key(job_id: str) -> str:
    """`CaptionsSummary`: what the captions task came to, for `finish`."""
    return f"{work_prefix(job_id)}captions.json"


def analysis_work_key(job_id: str) -> str:
    """`Analysis` as the worker made it, before `finish` publishes it."""
    return f"{work_prefix(job_id)}analysis.json"
