"""The scripts of watch progress: what Valkey must do in one go.

Numbers stay below 10^14, which is as far as cjson writes them exactly; positions are rounded to milliseconds
before they come here. Maps only: an empty list would come back as an empty map.
"""

# KEYS: entry, the viewer's index, dirty, the mark of the forgotten.
# ARGV: report (JSON), `viewer/movie`, movie, seconds to live, completed-from, begins-again-below, most
# playbacks, most completions. Gives {1 or 0: news or not, state}, or {-1} for the forgotten.
# The rule is `domain.watching.accept`.
RECORD = """
local completed_from, again_below = tonumber(ARGV[5]), tonumber(ARGV[6])
local function fraction(p) return p.position_seconds / p.duration_seconds end
local function drop_lowest(map, most, rank)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    local left, right = rank(map[a]), rank(map[b])
    if left == right then return a < b end
    return left < right
  end)
  for i = 1, #keys - most do map[keys[i]] = nil end
end

if redis.call('EXISTS', KEYS[4]) == 1 then return {-1} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local raw = redis.call('GET', KEYS[1])
local state = raw and cjson.decode(raw)
  or {sequence = 0, whole = false, playbacks = {}, completions = {}, unsure = {}, judged = 0}
local new = cjson.decode(ARGV[1])
local before = state.playbacks[new.session_id]
if before and new.client_ms <= before.client_ms then return {0, raw} end

local current
for _, p in pairs(state.playbacks) do
  if not current or p.sequence > current.sequence then current = p end
end
new.sequence = math.max(state.sequence + 1, now)
new.lap, new.counted = 0, false
if before then
  new.lap, new.counted = before.lap, before.counted
  if before.counted and fraction(new) < again_below then new.lap, new.counted = before.lap + 1, false end
end
if fraction(new) >= completed_from and not new.counted then
  new.counted = true
  local id = new.session_id .. '/' .. string.format('%d', new.lap)
  local into
  if before or (current and fraction(current) < completed_from) then
    into = state.completions
  elseif not current then
    into = state.whole and state.completions or state.unsure
  end
  if into and not into[id] then into[id] = new.sequence end
end
state.sequence = new.sequence
state.playbacks[new.session_id] = new
drop_lowest(state.playbacks, tonumber(ARGV[7]), function(p) return p.sequence end)
drop_lowest(state.completions, tonumber(ARGV[8]), function(at) return at end)

local encoded = cjson.encode(state)
redis.call('SET', KEYS[1], encoded, 'EX', ARGV[4])
redis.call('ZADD', KEYS[2], now, ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[4] * 1000)
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('ZADD', KEYS[3], 'NX', now, ARGV[2])
return {1, encoded}
"""

# KEYS: dirty, in flight, holders. ARGV: how many, lease in ms, token. Gives the members taken.
CLAIM = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count, taken = tonumber(ARGV[1]), {}
local function take(member)
  redis.call('ZREM', KEYS[1], member)
  redis.call('ZADD', KEYS[2], now + ARGV[2], member)
  redis.call('HSET', KEYS[3], member, ARGV[3])
  taken[#taken + 1] = member
end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, count)) do take(member) end
local start = 0
while #taken < count do
  local waiting = redis.call('ZRANGE', KEYS[1], start, start + count - 1)
  if #waiting == 0 then break end
  for _, member in ipairs(waiting) do
    if #taken == count then break end
    -- Another flush has it: what came since waits for the end of that claim.
    if redis.call('ZSCORE', KEYS[2], member) then start = start + 1 else take(member) end
  end
end
return taken
"""

# KEYS: entry, dirty, in flight, holders. ARGV: member, token, sequence claimed, state (JSON), seconds to live.
# Gives 1 when it stays dirty.
CONFIRM = """
if redis.call('HGET', KEYS[4], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
local raw = redis.call('GET', KEYS[1])
if raw and cjson.decode(raw).sequence ~= tonumber(ARGV[3]) then
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[2], 'NX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
  return 1
end
if raw then redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5]) end
redis.call('ZREM', KEYS[2], ARGV[1])
return 0
"""

# KEYS: entry, dirty, in flight. ARGV: member, sequence that the database has.
DROP_OUTDATED = """
if redis.call('ZSCORE', KEYS[2], ARGV[1]) or redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 0 end
local raw = redis.call('GET', KEYS[1])
if raw and cjson.decode(raw).sequence < tonumber(ARGV[2]) then return redis.call('DEL', KEYS[1]) end
return 0
"""
