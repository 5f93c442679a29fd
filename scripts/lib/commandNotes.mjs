// What each command does, for docs/commands.md.

/** @type {Readonly<Record<string, string>>} */
export const commandNotes = {
  'quillet.explain': 'Explains the selection in a thread below it.',
  'quillet.ask': 'Asks for your question and answers it in a thread.',
  'quillet.rewrite':
    'Asks what to change and proposes a diff. Quillet writes nothing until you accept it. If the lines already have a proposal, asks whether the new one should replace it.',
  'quillet.rewriteInPlace':
    'Asks what to change and replaces the selection when the answer is complete, without a review.',
  'quillet.insert':
    'Sends the selected text as the prompt, or the text before the cursor, and streams the completion in after it.',
  'quillet.run':
    'Runs a built-in prompt, one of your own, or one from the workspace. Accepts arguments from a keybinding.',
  'quillet.repeat': 'Runs the last prompt again on the current selection.',
  'quillet.regenerate': 'Asks the same question again and keeps the earlier answers.',
  'quillet.thinkHarder':
    "Asks the same question again with one step more reasoning effort than the visible answer's. Only for models that think.",
  'quillet.thinkLess': 'The same with one step less.',
  'quillet.stop': 'Stops the answer in the focused editor, including all requests of the same command.',
  'quillet.stopAll': 'Stops all running requests.',
  'quillet.selectModel': 'Selects a provider and one of its models.',
  'quillet.addProvider': 'Adds a service, a local server, or any OpenAI-compatible address.',
  'quillet.removeProvider':
    'Removes a provider from your settings, and its API key and secrets unless another provider uses them.',
  'quillet.setKey': "Stores an API key for a provider's address.",
  'quillet.setSecret':
    'Stores a secret that a header contains as `${secret:name}`; see [Headers](providers.md#headers).',
  'quillet.deleteKey': 'Lists the stored API keys and deletes one or all of them.',
  'quillet.testConnection':
    "Requests the model list from the selected model's server. If there is none, sends the model a short prompt.",
  'quillet.showLog':
    "Opens the log: each request's server, outcome and usage. It quotes servers' error messages, but never contains prompts, answers or keys.",
  'quillet.openSettings': "Opens Quillet's settings.",
  'quillet.showMenu':
    'The menu of the status bar item: model, API key, usage, requests, log, settings, and **Stop** during a request.',
  'quillet.showUsage': 'Opens the [usage dashboard](usage.md#the-dashboard).',
  'quillet.reply': "Sends the text in a thread's reply box.",
  'quillet.copyAnswer': 'Copies the visible answer as the model sent it.',
  'quillet.insertBelow': "Inserts the answer on new lines below its thread's selection.",
  'quillet.closeThread': 'Closes the nearest thread.',
  'quillet.accept': 'Writes the remaining changes of a proposal in one undo step.',
  'quillet.reject': 'Discards a proposal.',
  'quillet.acceptInThread':
    'The button below a proposal. The key works in the code that the proposal changes; on macOS, add `Cmd`.',
  'quillet.rejectInThread': 'The button below a proposal.',
  'quillet.openDiff': 'Opens a proposal in a diff editor: your file on the left, the proposal on the right.',
  'quillet.fix': 'Fixes the problems at the cursor; you review the change.',
  'quillet.acceptChange':
    'Writes the change at the cursor in one undo step. The key works in the diff of a proposal; on macOS, add `Cmd`.',
  'quillet.rejectChange':
    'Removes the change at the cursor from a proposal. The key works in its diff; on macOS, add `Cmd`.',
  'quillet.chooseBlock': 'Asks which code block of an answer to propose.',
  'quillet.nextReview': 'Goes to the next pending proposal in any file.',
  'quillet.previousReview': 'Goes to the previous pending proposal in any file.',
  'quillet.previousAnswer': 'Shows the previous answer to the same question.',
  'quillet.nextAnswer': 'Shows the next answer to the same question.',
  'quillet.askOtherModels': 'Asks up to three other models the same question, so that you can compare the answers.',
  'quillet.resolveThread': 'Marks a thread as resolved and collapses it.',
  'quillet.reopenThread': 'Reopens and expands a resolved thread.',
  'quillet.copyConversation': 'Copies a whole conversation as Markdown.',
  'quillet.openConversation': 'Opens a whole conversation as a Markdown document.',
  'quillet.showReasoning':
    'Opens what the model reported while it was thinking; see [Reasoning](providers.md#reasoning).',
  'quillet.clearThreads': 'Closes all threads. Asks first if an answer is running or a proposal is pending.',
  'quillet.focusThread': 'Moves the keyboard focus into the nearest thread.',
  'quillet.previewRequest': 'Shows the exact request of a prompt, so that you can edit, send or copy it.',
  'quillet.sendRequest': 'Sends the request in a preview.',
  'quillet.copyAs':
    'Copies a request as a curl, PowerShell, Python or TypeScript program. An environment variable replaces the key.',
  'quillet.commitMessage':
    'Describes the staged changes, or all changes if none are staged, in the Source Control input box. Also a button there.',
  'quillet.stopCommitMessage': 'Stops a commit message and restores the previous text.',
  'quillet.tryPrompt': 'Runs the prompt file in the active editor, even if unsaved, on your last selection.',
  'quillet.previewPrompt': 'Shows the request that the prompt file in the active editor would send.',
  'quillet.runMenuPrompt': 'Runs one of the prompts with `menu: true`. Also in the editor context menu.',
  'quillet.saveAsPrompt': 'Saves your last question or instruction as a prompt file.',
  'quillet.newPrompt': 'Creates a prompt file that explains the selection, for you to change.',
  'quillet.editPrompt': 'Opens a prompt file, or a copy of a built-in prompt.',
  'quillet.copyPromptKeybinding':
    'Copies a keybinding that runs a prompt and opens `keybindings.json`, where you paste it.',
  'quillet.previousInput': 'Shows the previous text where Quillet asks for one.',
  'quillet.nextInput': 'Shows the next text where Quillet asks for one.',
  'quillet.submitInput': 'Sends the question or instruction in the box below the selection. Also `Ctrl+Enter`.',
  'quillet.cancelInput': 'Closes the box below the selection. `Alt+Up` recalls its text in the next one.',
  'quillet.editQuestion': 'Edits the last question in a thread, above its answer. Earlier answers stay reachable.',
  'quillet.sendEditedQuestion': 'Sends the edited question. Also `Ctrl+Enter`.',
  'quillet.cancelEditing': 'Keeps the question as it was.',
  'quillet.showRequests': 'Lists and searches recent requests, so that you can open, copy or resend them.',
  'quillet.sendAgain': 'Sends the request in the active editor again.',
  'quillet.sendToOtherModels': 'Sends the request in the active editor to other models.',
};
