# Empties FOLDER, installs BUILD (CONFIGURATION) into a folder in it and moves that to PREFIX.
file(REMOVE_RECURSE ${FOLDER})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --config ${CONFIGURATION} --prefix ${FOLDER}/first
                COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${FOLDER}/first ${PREFIX})
