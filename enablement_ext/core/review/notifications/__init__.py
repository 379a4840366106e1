"""Who is told what, when and how: derived from attention and events, kept in an outbox until it is delivered.

* `models`: an entry of the outbox and the changes that it can go through.
* `derivation`: the entries of one event. `working_hours`, `preferences`: when a person is told. `letters`: what a mail says.
* `webhooks`: what is posted to chat rooms and programs. `ports`: where entries are kept, and who carries them.
"""
