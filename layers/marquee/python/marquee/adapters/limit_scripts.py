"""What Valkey does for the limits, each in one go: no other process comes between."""

from typing import Final

# A list of the admitted requests' times, the newest first. The server's clock, the same for all processes, unless
# a test brings its own; should it go back, time stands still instead. A request leaves the window one millisecond
# after its last instant, since times are cut to milliseconds.
ADMIT: Final = """
local limit, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
now = math.max(now, tonumber(redis.call('LINDEX', KEYS[1], 0) or '0'))
local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or tostring(now))
while oldest < now - window do
  redis.call('RPOP', KEYS[1])
  oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or tostring(now))
end
local used = redis.call('LLEN', KEYS[1])
local wait = oldest + window + 1 - now
if used >= limit then return {0, 0, wait} end
redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], window + 1)
return {1, limit - used - 1, wait}
"""

# Points with a half-life in a hash; a path counts in full once (a HyperLogLog remembers which, in bounded space).
REPORT: Final = """
local score_key, paths_key, strikes_key, block_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local points, again, path = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local half_life, threshold = tonumber(ARGV[4]), tonumber(ARGV[5])
local now = tonumber(ARGV[11])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
if path ~= '' then
  if redis.call('PFADD', paths_key, path) == 0 then points = again end
  redis.call('PEXPIRE', paths_key, half_life * 10)
end
local before = redis.call('HMGET', score_key, 'points', 'at')
local passed = math.max(0, now - tonumber(before[2] or now))
local score = tonumber(before[1] or 0) * 2 ^ (-passed / half_life) + points
if score < threshold or redis.call('EXISTS', block_key) == 1 then
  redis.call('HSET', score_key, 'points', tostring(score), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', score_key, half_life * 10)
  return {0, 0, 0}
end
local strike = redis.call('INCR', strikes_key)
redis.call('PEXPIRE', strikes_key, ARGV[9])
local length = math.min(tonumber(ARGV[6]) * tonumber(ARGV[7]) ^ (strike - 1), tonumber(ARGV[8]))
local until_ms = string.format('%.0f', now + length)
redis.call('SET', block_key, cjson.encode({reason = ARGV[10], strike = strike, until_ms = until_ms}), 'PX', length)
redis.call('DEL', score_key, paths_key)
return {1, strike, until_ms}
"""
