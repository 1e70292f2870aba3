-- A writer's session in Neovim's own client (0.7 and later). Writes what it saw to $RESULT as JSON.
local python, root, result = vim.env.PYTHON, vim.env.ROOT, vim.env.RESULT
local seen = {}

local function finish(problem)
  seen.problem = problem
  local file = assert(io.open(result, "w"))
  file:write(vim.json.encode(seen))
  file:close()
  vim.cmd("qa!")
end

local function marks(buffer)
  local found = {}
  for _, mark in ipairs(vim.diagnostic.get(buffer)) do
    local line = vim.api.nvim_buf_get_lines(buffer, mark.lnum, mark.lnum + 1, false)[1]
    table.insert(found, {
      line = mark.lnum,
      words = line:sub(mark.col + 1, mark.end_col),
      code = mark.code or vim.tbl_get(mark, "user_data", "lsp", "code"),
      source = mark.source,
      message = mark.message,
    })
  end
  return found
end

local function has(buffer, words, line)
  for _, mark in ipairs(marks(buffer)) do
    if mark.words:find(words, 1, true) and (line == nil or mark.line == line) then return true end
  end
  return false
end

local function wait(what, condition)
  if not vim.wait(240000, condition, 20) then error("waited in vain for: " .. what) end
end

local ok, problem = pcall(function()
  vim.cmd("edit " .. root .. "/draft.md")
  local buffer = vim.api.nvim_get_current_buf()
  vim.bo[buffer].filetype = "markdown"
  local settings = { overclaim = { mode = "balanced" } }
  local id = vim.lsp.start_client({
    name = "overclaim",
    cmd = { python, "-m", "service.cli", "lsp" },
    root_dir = root,
    settings = settings,
    init_options = { debounce = 0 },
  })
  vim.lsp.buf_attach_client(buffer, id)
  wait("the first marks", function() return has(buffer, "breakthrough") end)
  seen.opened = marks(buffer)

  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { "😀 One more line.", "" })
  wait("moved marks", function() return has(buffer, "breakthrough", 4) and not has(buffer, "breakthrough", 2) end)
  seen.edited = marks(buffer)

  vim.api.nvim_win_set_cursor(0, { 5, vim.fn.getline(5):find("breakthrough") + 2 })
  local hover = vim.lsp.buf_request_sync(buffer, "textDocument/hover", vim.lsp.util.make_position_params(), 240000)
  seen.hover = hover[id].result.contents.value

  vim.ui.select = function(items, _, choose)
    seen.actions = {}
    for index, item in ipairs(items) do
      local action = item.action or item[2]
      table.insert(seen.actions, action.title)
      if action.title:find("^Hide this mark") then choose(item, index) end
    end
  end
  vim.lsp.buf.code_action()
  wait("the mark to go", function() return not has(buffer, "breakthrough") end)
  seen.hidden = marks(buffer)

  local client = vim.lsp.get_client_by_id(id)
  client.config.settings = { overclaim = { labels = {}, mode = "balanced" } }
  if client.settings then client.settings = client.config.settings end
  client.notify("workspace/didChangeConfiguration", { settings = vim.empty_dict() })
  wait("no marks", function() return #vim.diagnostic.get(buffer) == 0 end)
  seen.configured = true
  vim.lsp.stop_client(id)
end)
finish(not ok and tostring(problem) or nil)
