-- Sends each prepared request once, and says at the end what became of them, as one line of JSON after "figures ".
-- wrk ... -s bench/wrk.lua http://127.0.0.1:PORT -- KEY FILE     (FILE: a body a line)

local prepared = {}
local asked = 0

function init(args)
  local headers = {
    ["Authorization"] = "Bearer " .. args[1],
    ["Content-Type"] = "application/json",
    ["Breather-Deadline-Ms"] = "10000",
  }
  for body in io.lines(args[2]) do
    prepared[#prepared + 1] = wrk.format("POST", "/v1/withdrawals", headers, body)
  end
end

function request()
  asked = asked + 1
  return prepared[(asked - 1) % #prepared + 1]
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('figures {"count": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "refused": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
